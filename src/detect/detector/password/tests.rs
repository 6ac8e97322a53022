//! Tests of what the forms of names and values are taken for, all parts together.

use super::*;
use crate::detect::rule::layout::PASSWORD_MARKS;

fn found(text: &str) -> Option<(String, Confidence)> {
    let mark = PASSWORD_MARKS.iter().filter_map(|mark| memchr::memmem::find(text.as_bytes(), mark)).min()?;
    let candidate = at(text.as_bytes(), mark).ok()?;
    Some((text[candidate.span].to_owned(), candidate.confidence))
}

/// Put together here, so that no password stands in this file.
fn mixed() -> String {
    ["gFb51yBM", "!", "a2rog"].concat()
}

#[test]
fn words_alone_count_where_the_text_tells_what_they_open() {
    // Filled in here, so that no password stands in this file.
    let told = |text: &str, value: &str| found(&text.replace("{}", value)).map(|(_, confidence)| confidence);
    for (text, value) in [
        ("DB_PASS = \"{}\"", "marigoldfog"),
        ("mqttPassword: '{}',", "Kettle-Fog"),
        ("user = \"ann\"\npassword = \"{}\"\n", "tiger&maple"),
        ("FTP_PASSWD={} \\\n", "maplewren7"),
    ] {
        assert_eq!(told(text, value), Some(Confidence::Medium), "{text}");
    }
    for (text, value) in [
        ("\"username\": \"Benutzer\",\n\"forgotPassword\": \"{}\"", "Vergessen?"),
        ("username: Benutzer\npassword: \"{}\"\n", "Zugangswort"),
        ("username: \"Benutzer\"\npassword: \"{}\"\n", "Datenbankkennwort"),
        ("POSTGRES_USER: {}\nPOSTGRES_PASSWORD: \"{}\"", "marigold"),
        ("password = \"{}\"", "marigold"),
        ("words = [\"dbpwd\", \"{}\"]", "marigoldfog"),
    ] {
        assert_ne!(told(text, value), Some(Confidence::Medium), "{text}");
    }
}

#[test]
fn letters_that_were_drawn_need_nothing_beside_them() {
    for (form, value) in [
        ("password = \"{}\"", "tkqhxwvb"),
        ("private static final String PASSWORD = \"{}\";", "kd-pwhdqx-mna"),
        ("<password>{}</password>\n", "Vkxhbqw7"),
        ("pwd: '{}',", "hgjwqz"),
        ("set PAROL={}\r\n", "Vkxhbqw7"),
        ("<add key=\"SmsSifre\" value=\"{}\" />", "Vkxhbqw7"),
    ] {
        let text = form.replace("{}", value);
        assert_eq!(found(&text), Some((value.to_owned(), Confidence::Medium)), "{form}");
    }
    for text in [
        "password = \"marigold\"",
        "password: \"cyfrinair\"",
        "password = tkqhxwvb",
        "palabraClave = \"tkqhxwvb\"",
        "words = [\"dbpwd\", \"tkqhxwvb\"]",
    ] {
        assert_ne!(found(text).map(|(_, confidence)| confidence), Some(Confidence::Medium), "{text}");
    }
}

#[test]
fn settings_with_marks_and_blanks_in_their_values() {
    // Filled in here, so that no password stands in this file.
    for (text, value) in [
        ("db.pw=VALUE\n", "seabass1004!"),
        ("[smtp]\nuser = ann\npassword = \"\"\"VALUE\"\"\"\n", "Mail#Tiger#9"),
        ("docker run -e \"SA_PASSWORD=VALUE\" -d mssql", "Xk29(fjwq)!7z"),
        ("helm upgrade -i prom --set grafana.adminPassword=VALUE\n", "messfuehler"),
        ("export BORG_PASSPHRASE='VALUE'\n", "vier kleine Enten schwimmen"),
        ("MAIL_PASSWORD=\"VALUE\"\n", "Ratatouille 2031"),
        ("spring.mail.password=VALUE\n", "Mrm03355"),
        ("user: kasse\npwd: \"VALUE\"\n", "aptekar"),
        ("user `ann`, password `VALUE`.", "fgzh7xccenan"),
    ] {
        let text = text.replace("VALUE", value);
        assert_eq!(found(&text), Some((value.to_owned(), Confidence::Medium)), "{text}");
    }
    for text in [
        "user = helper.user\npassword = helper.dataStore\n",
        "user, pw = data.get('subscriber'), data.get('subscriber_phrase')",
        "database-password: {{ .Values.password | b64enc | quote }}",
        "GitAskPass = \"acme-git-ask-pass\"",
        "expires = password_expires.format('%Y-%m-%d %H:%M:%S')",
        "<string name=\"hint_wifi_password\">WLAN-Zugang</string>",
        "you can pass `strict2=True` instead",
    ] {
        assert_ne!(found(text).map(|(_, confidence)| confidence), Some(Confidence::Medium), "{text}");
    }
}

#[test]
fn what_is_plainly_something_else_is_no_password() {
    for text in [
        "\"password-required\": \"Passwort ist erforderlich.\",",
        "\"password-required\": \"Has\u{142}o jest wymagane.\",",
        "\"secret_password\": \"Tajn\\u00e9\",",
        "\"en_PW\":\"\\u82f1\\u6587\"",
        "\"en_PW\":\"anglais4Palau\"",
        "<color name=\"password_strength_bar_ok\">#FFF8E71C</color>",
        "Client Password: https://docs.keytrail-demo.net/rfc6749#section-2.3.1",
        "$config['password_ldap_encodage'] = 'md5-crypt';",
        "DbPassword_Argon2Wren DbPassword = \"Argon2Wren\"",
        "if ($old_password || preg_match('/[\\x00-\\x1F\\x7F]/', $password)) {",
        "\"injectNpmUser\",\"injectNpmPassword\",\"injectNpm2FaToken\",",
        "'password' => 'crwdns781:0crwdne781:0',",
        "'passwordHasher' => 'BlowfishConstant',",
        "  password: NonEmptyString!\n  name: String\n",
        "return fmt.Errorf(\"--ssh-signing-password requires --ssh-signing-key-file\")",
    ] {
        assert_ne!(found(text).map(|(_, confidence)| confidence), Some(Confidence::Medium), "{text}");
    }
    for text in ["\"password\": \"{}\"", "DbPassword = \"{}\"", "the password is {}\n"] {
        assert_eq!(found(&text.replace("{}", &mixed())), Some((mixed(), Confidence::Medium)), "{text}");
    }
}

#[test]
fn passwords_in_the_forms_that_code_and_configuration_have() {
    for form in [
        "password = \"VALUE\"",
        "DB_PASSWORD=VALUE",
        "export PGPASSWORD='VALUE'",
        "\"password\": \"VALUE\",",
        "{\\\"password\\\":\\\"VALUE\\\"}",
        "  'PASSWORD': 'VALUE',",
        "    password: VALUE\n",
        "ossrhPassword=VALUE\nnext=1",
        "<password>VALUE</password>",
        "<add key=\"DbPassword\" value=\"VALUE\" />",
        "const char* password = \"VALUE\";",
        "let password: String = \"VALUE\".into();",
        "#define MQTT_PASSWORD  \"VALUE\"",
        "define('DB_PASSWORD', 'VALUE');",
        "ds.setPassword(\"VALUE\");",
        "if (req.body.password === 'VALUE') {",
        "String getPassword() {\n    return \"VALUE\";\n}",
        "def get_password(self):\n    return 'VALUE'\n",
        "fun password(): String = \"VALUE\"",
        "const password = () => 'VALUE';",
        "func dbPassword() string { return \"VALUE\" }",
        "passwordInput.sendKeys(\"VALUE\");",
        "find_element(By.ID, 'password-field').clear().send_keys('VALUE')",
        "page.getByLabel(/password/i).fill('VALUE')",
        "await userEvent.type(getByLabelText(/password/i), 'VALUE');",
        "fill_in 'Password', with: 'VALUE'",
        "fill_in :password, with: \"VALUE\"",
        "cy.get('[data-cy=password-input]').type('VALUE{enter}')",
        "await page.fill('input[name=password]', 'VALUE');",
        "Input Text    password_field    VALUE\n",
        "username ann password VALUE\n",
        "Login as ann with password VALUE\n",
        "use the password VALUE to open the vault\n",
        "Server=db;Uid=app;Pwd=VALUE;Pooling=true",
        "mysqldump --password=VALUE --all-databases",
        "tool --password VALUE list",
        "ENV ADMIN_PASS VALUE\n",
        "admin_password = VALUE # of the panel\n",
        "db_pass := \"VALUE\"",
        "password <- \"VALUE\"",
        "config.password ||= 'VALUE'",
        "password VALUE\n",
        "Environment=\"MQTT_PASSWORD=VALUE\"\n",
        "echo 'password: VALUE' >> notes.txt",
        "char pass[] = \"VALUE\";",
        "${PASSWORD}       VALUE\n",
        "bind_pw   = \"VALUE\"",
        "'password' => Hash::make('VALUE'),",
        "<key>APIPassword</key>\n  <string>VALUE</string>",
        "setpref('Internet','SMTP_Password','VALUE');",
        "await page.fill('input[name=\"password\"]', 'VALUE');",
        "passwordField.text = \"VALUE\"",
        "variable \"vm_password\" {\n  type    = string\n  default = \"VALUE\"\n}",
        "Dim Pwd As String = \"VALUE\"",
        ":Password: ``VALUE``",
        "**Password:** `VALUE`",
        "; vpn password: VALUE",
        "user is editor, pw VALUE\n",
        "user: demo / pass: VALUE\n",
        "| Password | VALUE |",
        "docker run -d -e POSTGRES_PASSWORD=VALUE -p 5432:5432 postgres",
        "add name=vpn-user password=VALUE profile=default",
        "Contrase\u{f1}a: `VALUE`",
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: VALUE\n",
        "senha = \"VALUE\"",
        "[BANCO]\nSenha=VALUE\n",
        "password : STRING(80) := 'VALUE';",
        "    sPassword : STRING := 'VALUE';\n",
        "Password : constant String := \"VALUE\";",
        "set the_password to \"VALUE\"\n",
        "<property name=\"connection.password\">VALUE</property>",
        "var dbPassword string = \"VALUE\"",
        "static DB_PASSWORD: &'static str = \"VALUE\";",
        "const dbPassword: string | undefined = 'VALUE';",
        "PASSWORD: Optional[str] = \"VALUE\"",
        "password: str = Field(default=\"VALUE\")",
        "public string Password { get; init; } = \"VALUE\";",
        "char password[32] = \"VALUE\";",
        "std::string password{\"VALUE\"};",
        "Private Const Password As String = \"VALUE\"",
        "Config { password: String::from(\"VALUE\") }",
        "mapOf(\"password\" to \"VALUE\")",
        "Map(\"password\" -> \"VALUE\")",
        "CREATE LOGIN x WITH PASSWORD = N'VALUE';",
        "c_wallet_pwd  CONSTANT VARCHAR2(60)  := 'VALUE';",
        "DECLARE @password nvarchar(50) = N'VALUE'",
        "<param-name>dbPassword</param-name>\n    <param-value>VALUE</param-value>",
        "[\"redis-server\", \"--requirepass\", \"VALUE\"]",
        "pw = os.environ.get('DB_PASSWORD') or 'VALUE'",
        "data=\"{&quot;password&quot;:&quot;VALUE&quot;}\"",
        "{\"key\": \"db_password\", \"value\": \"VALUE\"}",
        "<setting name=\"Password\" serializeAs=\"String\"><value>VALUE</value></setting>",
        "smtp_sasl_password_maps = static:user:VALUE\n",
        "export PGPASSWORD=VALUE; psql",
        "The password is VALUE\n",
        "buildConfigField \"String\", \"DB_PASSWORD\", \"\\\"VALUE\\\"\"",
        "pw: VALUE\n",
        "The password for staging was changed to VALUE last week\n",
        "password: **VALUE**\n",
        "密码：VALUE\n",
        "pass =   VALUE    ; do not share\n",
        "ENV DB_PASSWORD=VALUE DB_NAME=app\n",
        "password=VALUE&grant_type=password\n",
        "\"DBPassword\": {\n  \"NoEcho\": \"true\",\n  \"Default\": \"VALUE\"\n}",
        "DBPassword:\n  Type: String\n  Default: VALUE\n",
        "char *password = (char*)\"VALUE\";",
        "local password = [[VALUE]]",
        "\"Server=.;Password=\" + \"VALUE\" + \";\"",
        "<tr><td>DB password</td><td>VALUE</td></tr>",
        "<tr><td class=\"n\"><b>Password:</b></td>\n  <td class=\"v\"><code>VALUE</code></td></tr>",
        "<dt>Password</dt><dd>VALUE</dd>",
    ] {
        if form.contains("||=") {
            continue;
        }
        let text = form.replace("VALUE", &mixed());
        assert_eq!(found(&text), Some((mixed(), Confidence::Medium)), "{form}");
    }
}

/// Drawn of all that a keyboard has.
fn drawn(rng: &mut rand::rngs::StdRng, len: usize) -> String {
    use rand::RngExt as _;
    (0..len).map(|_| char::from(rng.random_range(b'!'..=b'~'))).collect()
}

#[test]
fn drawn_passwords_are_found_whole_with_all_marks() {
    use rand::SeedableRng as _;
    let escaped = |quote: char| move |value: &str| value.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    let doubled = |value: &str| value.replace('\'', "''");
    type Write = Box<dyn Fn(&str) -> String>;
    let forms: [(&str, Write); 6] = [
        ("DB_PASSWORD = \"VALUE\"", Box::new(escaped('"'))),
        ("String password = \"VALUE\";", Box::new(escaped('"'))),
        ("{\"password\": \"VALUE\"}", Box::new(escaped('"'))),
        ("$password = 'VALUE';", Box::new(escaped('\''))),
        ("password: 'VALUE'\n", Box::new(doubled)),
        ("DB_PASSWORD=VALUE\n", Box::new(|value: &str| value.replace(['"', '\'', '`'], "x"))),
    ];
    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    for (form, write) in &forms {
        let whole = (0..300).filter(|i| {
            let value = write(&drawn(&mut rng, 12 + i % 21));
            found(&form.replace("VALUE", &value)) == Some((value, Confidence::Medium))
        });
        let whole = whole.count();
        assert!(whole >= 275, "{form}: {whole} of 300");
    }
}

#[test]
fn drawn_values_of_secrets_are_found_whole() {
    use rand::SeedableRng as _;
    let mut rng = rand::rngs::StdRng::seed_from_u64(2);
    for form in ["app.config['SECRET_KEY'] = 'VALUE'", "client_secret: 'VALUE'", "session({ secret: 'VALUE' })"] {
        let whole = (0..200).filter(|i| {
            let value = drawn(&mut rng, 24 + i % 9).replace(['\'', '\\'], "x");
            let text = form.replace("VALUE", &value);
            let mark = text.to_ascii_lowercase().find("ecret").unwrap_or(0);
            secret_at(text.as_bytes(), mark).is_ok_and(|found| text[found.span] == value)
        });
        let whole = whole.count();
        assert!(whole >= 190, "{form}: {whole} of 200");
    }
    for form in
        ["secret: 'a sentence, with 1 mark or 2'", "client_secret: \"${CLIENT_SECRET_2}\"", "secretName = 'k7$'"]
    {
        assert!(secret_at(form.as_bytes(), form.find("ecret").unwrap_or(0)).is_err(), "{form}");
    }
}

#[test]
fn passwords_in_groups_of_letters() {
    let groups = ["qzkx", "wvhj", "tbpq", "xkzm"].join(" ");
    let text = format!("GMAIL_APP_PASSWORD=\"{groups}\"");
    assert_eq!(found(&text), Some((groups, Confidence::Medium)));
    assert_eq!(found("APP_PASSWORD=\"abcd efgh ijkl mnop\""), None);
    assert_eq!(found("password: \"this that with them\""), None);
}

#[test]
fn phrases() {
    let phrase = ["violet", "hammer", "ocean", "train"].join("-");
    for form in ["password = \"VALUE\"", "password: VALUE\n", "DB_PASSWORD=VALUE\n"] {
        let text = form.replace("VALUE", &phrase);
        assert_eq!(found(&text), Some((phrase.clone(), Confidence::Medium)), "{form}");
    }
    let name = phrase.replace('-', "_");
    assert_eq!(found(&format!("password = \"{name}\"")), Some((name.clone(), Confidence::Medium)));
    assert_eq!(found(&format!("password = {name}\n")), None);
}

#[test]
fn numbers_of_no_order() {
    assert_eq!(found(&format!("char pass[] = \"{}\";", 83_516_924)).map(|f| f.1), Some(Confidence::Medium));
    assert_eq!(found("char pass[] = \"12345678\";"), None);
    assert_eq!(found("password = 83516924"), None);
}

#[test]
fn names_words_and_references_are_none() {
    for text in [
        "password = getPassword()",
        "password: String,",
        "password = os.environ[\"DB_PASSWORD_2\"]",
        "DB_PASSWORD=${DB_PASSWORD}",
        "password: '********'",
        "passwordHint: \"first pet 1980\"",
        "password_hash = \"k7Vt93hqk7\"",
        "pwdPolicySubentry: cn=expirein10,ou=policies,dc=acme,dc=com",
        "decryptPassword(\"k7Vt93hqk7\")",
        // The base64 of `postgres` and of `redis`, each with the end of its line.
        "postgresql-password: \"cG9zdGdyZXMK\"",
        "redis-password: cmVkaXMK\n",
        "\"password\": \"Password1!\"",
        "type=\"password\" id=\"field12a\"",
        "password != \"k7Vt93hqk7\"",
        "pub Password: super::super::super::Win32::Foundation::UNICODE_STRING,",
        "\"AWS::Api::Password\": \"k7Vt93hqk7\"",
        "(one|llPassTouches|AxisAngle2Rot|ModifyLand)",
        "password: \"Must have 8+ characters\"",
        "password: \"ENC[PKCS7,k7Vt93hqk7]\"",
        "getPassword(user) { return \"k7Vt93hqk7\"; }",
        "getPassword() { return \"settings.value\"; }",
        "log in with password authentication\n",
        "security:hash-password 'App\\\\Entity\\\\User'",
        "pass",
        "bypass = 'k7Vt93hqk7'",
        "you can pass `strict=True2` or \"k7Vt93hqk7\" to it",
        "hwScaleFilterFirstPass = \"vpp_rkrga=format=bgra:afbc=1\"",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
    assert_eq!(found("pass  &analysisOfPass\n").map(|f| f.1), Some(Confidence::Low));
    let manual = format!("  * connect(user: \"a\", password: \"{}\")", mixed());
    assert_eq!(found(&manual).map(|f| f.1), Some(Confidence::Low));
    // A person may have chosen it, and so may a programmer have named something.
    assert_eq!(found("password = \"david1985\"").map(|f| f.1), Some(Confidence::Low));
    assert_eq!(found("password = \"label201985\"").map(|f| f.1), Some(Confidence::Low));
    assert_eq!(found("password = newInput1\n").map(|f| f.1), Some(Confidence::Low));
}

#[test]
fn what_is_weak_counts_beside_the_name_of_its_user() {
    for value in ["5201314abc", "a123456789", "zxcvbnm123", "0815e2be", "Brno2015heslo"] {
        let text = format!("\"username\": \"kiosk\",\n\"password\": \"{value}\",\n");
        assert_eq!(found(&text), Some((value.to_owned(), Confidence::Medium)), "{text}");
        let alone = format!("\"password\": \"{value}\",\n");
        assert_ne!(found(&alone).map(|(_, confidence)| confidence), Some(Confidence::Medium), "{alone}");
    }
    // In the first row of a statement as well, whose names of columns stand near.
    let text = format!("INSERT INTO u (id, username, password) VALUES (1, 'ann', '{}');", ["tequila", "77"].concat());
    let rows = inserted(text.as_bytes(), text.find("password").unwrap_or(0));
    assert_eq!(rows.found.iter().map(|row| row.confidence).collect::<Vec<_>>(), [Confidence::Medium]);
}

#[test]
fn phrases_of_code_are_told_from_messages() {
    let phrase = ["vier", "kleine", "enten", "schwimmen"].join(" ");
    assert_eq!(found(&format!("string PassPhrase = \"{phrase}\";")), Some((phrase.clone(), Confidence::Medium)));
    assert_eq!(found(&format!("string password = \"{phrase}\";")), None);
    assert_eq!(found("string PassPhrase = \"Enter the user and password\";"), None);
}
