//! What a finding of a private key says of the public key and the certificate that it belongs to, held against what
//! `openssl`, `ssh-keygen` and `gpg` print. They make the keys anew for every run.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Run, Sandbox};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What a program writes to its output, or nothing where it is not installed or has no such option.
fn ran(folder: &Path, program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let done = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    done.status.success().then_some(done.stdout)
}

/// The same as text, or a line that says what is missing.
fn says(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = ran(folder, program, arguments);
    if output.is_none() {
        eprintln!("skipped: there is no {program} that does `{}`", arguments.join(" "));
    }
    output.map(|output| String::from_utf8(output).unwrap())
}

/// A fact of the only finding of a rule, or of the only one there is.
fn fact(run: &Run, name: &str) -> Option<String> {
    assert_eq!(run.findings().len(), 1, "{:#?}", run.findings());
    fact_of(&run.findings()[0], name)
}

fn fact_of(finding: &Value, name: &str) -> Option<String> {
    let facts = finding["verification"]["facts"].as_array().unwrap();
    let value = facts.iter().find(|fact| fact["name"] == name)?["value"].as_str().unwrap();
    Some(value.to_owned())
}

/// A key and a certificate of it, which it signed itself.
fn certificate(folder: &Path, key: &str, certificate: &str, subject: &str) -> Option<String> {
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
    let names = ["-keyout", key, "-out", certificate, "-subj", subject];
    says(folder, "openssl", &[&["req", "-x509"], &curve[..], &names].concat())
}

#[test]
fn the_public_half_of_every_kind_is_that_of_openssl() {
    let kinds: [&[&str]; 9] = [
        &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"],
        &["genpkey", "-algorithm", "ED25519"],
        &["genpkey", "-algorithm", "X25519"],
    ];
    for kind in kinds {
        let sandbox = Sandbox::new();
        let tree = sandbox.tree();
        if says(&tree, "openssl", &[kind, &["-out", "key.pem"]].concat()).is_none() {
            continue;
        }
        let public = ran(&tree, "openssl", &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"]).unwrap();
        let digest = hex::encode(Sha256::digest(public));
        let told = |file: &str| fact(&sandbox.scan(&[file]), "spki sha256");
        assert_eq!(told("key.pem").as_ref(), Some(&digest), "{kind:?}");
        // The same in the older container, in DER, and without the half that is public.
        let mut others: Vec<&[&str]> = vec![&["pkey", "-in", "key.pem", "-outform", "DER", "-out", "other.key"]];
        if kind[2] == "RSA" {
            others.push(&["rsa", "-in", "key.pem", "-traditional", "-out", "other.key"]);
        } else if kind[2] == "EC" {
            others.push(&["ec", "-in", "key.pem", "-out", "other.key"]);
            if !kind.iter().any(|word| word.contains("brainpool")) {
                others.push(&["ec", "-in", "key.pem", "-no_public", "-out", "other.key"]);
            }
        }
        for other in others {
            if says(&tree, "openssl", other).is_some() {
                assert_eq!(told("other.key").as_ref(), Some(&digest), "{other:?}");
            }
        }
        // Armour inside of base64, and base64 without armour.
        let armour = std::fs::read_to_string(tree.join("key.pem")).unwrap();
        sandbox.write("wrapped.env", format!("TLS_KEY={}\n", STANDARD.encode(&armour)));
        assert_eq!(told("wrapped.env").as_ref(), Some(&digest), "{kind:?}");
        let bare: String = armour.lines().filter(|line| !line.starts_with('-')).collect();
        if bare.len() > 130 {
            sandbox.write("bare.env", format!("TLS_KEY={bare}\n"));
            assert_eq!(told("bare.env").as_ref(), Some(&digest), "{kind:?}");
        }
    }
}

#[test]
fn a_key_tells_of_the_certificate_in_its_folder() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    if certificate(&tree, "server.key", "server.crt", "/O=Acme/CN=www.example.org").is_none() {
        return;
    }
    let run = sandbox.scan(&["server.key"]);
    assert_eq!(fact(&run, "certificate").as_deref(), Some("CN=www.example.org"));
    assert_eq!(fact(&run, "certificate file").as_deref(), Some("server.crt"));
    assert_eq!(fact(&run, "self-signed").as_deref(), Some("yes"));
    assert_eq!((fact(&run, "expired"), &run.findings()[0]["confidence"]), (None, &"confirmed".into()));
    assert_eq!(run.findings()[0]["verification"]["what"], "EC private key, and its certificate in server.crt");
    let serial = says(&tree, "openssl", &["x509", "-in", "server.crt", "-noout", "-serial"]).unwrap();
    assert_eq!(fact(&run, "certificate serial").as_deref(), serial.trim().strip_prefix("serial="));
    let dates = ["x509", "-in", "server.crt", "-noout", "-enddate", "-dateopt", "iso_8601"];
    if let Some(until) = says(&tree, "openssl", &dates) {
        let until = until.trim().trim_start_matches("notAfter=").replace(' ', "T");
        assert_eq!(fact(&run, "expires"), Some(until));
    }
    // A scan of the folder says the same, and a certificate by itself is nothing to report.
    assert_eq!(sandbox.scan(&[]).findings()[0]["verification"], run.findings()[0]["verification"]);
    assert_eq!(sandbox.scan(&["server.crt"]).findings().len(), 0);
    // Of two certificates, the one that is valid longer; also as plain DER.
    let renewed = ["req", "-x509", "-key", "server.key", "-subj", "/CN=renewed", "-days", "900", "-outform", "DER"];
    says(&tree, "openssl", &[&renewed[..], &["-out", "renewed.der"]].concat()).unwrap();
    let run = sandbox.scan(&["server.key"]);
    assert_eq!(fact(&run, "certificate").as_deref(), Some("CN=renewed"));
    assert_eq!(fact(&run, "certificate file").as_deref(), Some("renewed.der"));
    // Numbers whose first bit is set stand behind a byte of zeros in DER, which is no part of them.
    for number in ["C977D2AFE4F517B4", "7977D2AFE4F517B4", "80", "00"] {
        let set = ["-days", "2000", "-set_serial", &format!("0x{number}"), "-out", "server.crt"];
        let made = ["req", "-x509", "-key", "server.key", "-subj", "/CN=numbered"];
        if says(&tree, "openssl", &[&made[..], &set].concat()).is_some() {
            assert_eq!(fact(&sandbox.scan(&["server.key"]), "certificate serial").as_deref(), Some(number));
        }
    }
    says(&tree, "openssl", &[&renewed[..], &["-days", "3000", "-out", "renewed.der"]].concat()).unwrap();
    // The key in DER has the same certificates.
    says(&tree, "openssl", &["pkey", "-in", "server.key", "-outform", "DER", "-out", "other.key"]).unwrap();
    assert_eq!(fact(&sandbox.scan(&["other.key"]), "certificate").as_deref(), Some("CN=renewed"));
}

#[test]
fn a_certificate_of_another_key_says_nothing() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    if certificate(&tree, "other.key", "server.crt", "/CN=other").is_none() {
        return;
    }
    certificate(&tree, "server.key", "gone.crt", "/CN=server").unwrap();
    let own = std::fs::read_to_string(tree.join("gone.crt")).unwrap();
    std::fs::remove_file(tree.join("gone.crt")).unwrap();
    std::fs::remove_file(tree.join("other.key")).unwrap();
    let key = std::fs::read_to_string(tree.join("server.key")).unwrap();
    let other = std::fs::read_to_string(tree.join("server.crt")).unwrap();
    sandbox.write("alone/server.key", &key);
    let alone = sandbox.scan(&["alone/server.key"]);
    assert_eq!(fact(&alone, "certificate"), None);
    let beside = sandbox.scan(&["server.key"]);
    assert_eq!(beside.findings()[0]["verification"], alone.findings()[0]["verification"]);
    sandbox.write("bundle/both.pem", format!("{other}{key}"));
    let bundle = sandbox.scan(&["bundle"]);
    assert_eq!(bundle.findings()[0]["verification"], alone.findings()[0]["verification"]);
    // One that is too far away, or cut off, is none either.
    sandbox.write("far/both.pem", format!("{key}{}{own}", "# notes\n".repeat(5000)));
    assert_eq!(fact(&sandbox.scan(&["far"]), "certificate"), None);
    sandbox.write("cut/both.pem", format!("{key}{}", &own[..own.len() / 2]));
    assert_eq!(fact(&sandbox.scan(&["cut"]), "certificate"), None);
    // The folder above is another one.
    sandbox.write("above/own.crt", &own);
    sandbox.write("above/keys/server.key", &key);
    assert_eq!(fact(&sandbox.scan(&["above"]), "certificate"), None);
}

#[test]
fn a_certificate_in_the_same_text_is_told_however_it_is_written() {
    let sandbox = Sandbox::repository();
    let tree = sandbox.tree();
    if certificate(&tree, "key", "crt", "/CN=here").is_none() {
        return;
    }
    let take = |name: &str| {
        let text = std::fs::read_to_string(tree.join(name)).unwrap();
        std::fs::remove_file(tree.join(name)).unwrap();
        text
    };
    let (key, crt) = (take("key"), take("crt"));
    certificate(&tree, "key", "crt", "/CN=issuer").unwrap();
    let (_, issuer) = (take("key"), take("crt"));
    let bare = |text: &str| text.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let indented = |text: &str| text.replace('\n', "\n    ");
    let wrapped = |text: &str| STANDARD.encode(text);
    let json = |text: &str| Value::from(text).to_string();
    let texts = [
        ("bundle.pem", format!("{crt}{issuer}{key}")),
        ("values.yaml", format!("tls:\n  crt: |\n    {}\n  key: |\n    {}\n", indented(&crt), indented(&key))),
        (
            "secret.yaml",
            format!(
                "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata:\n  name: web\ndata:\n  \
                 tls.crt: {}\n  tls.key: {}\n",
                wrapped(&[&crt[..], &issuer].concat()),
                wrapped(&key)
            ),
        ),
        (
            "kubeconfig",
            format!(
                "users:\n- name: admin\n  user:\n    client-certificate-data: {}\n    client-key-data: {}\n",
                wrapped(&crt),
                wrapped(&key)
            ),
        ),
        (".env", format!("TLS_CERT={}\nTLS_KEY={}\n", wrapped(&crt), wrapped(&key))),
        ("settings.ini", format!("cert={}\nkey={}\n", bare(&crt), bare(&key))),
        ("tls.json", format!("{{\"key\": {}, \"cert\": {}}}\n", json(&key), json(&crt))),
        ("tls.toml", format!("cert = '''\n{crt}'''\nkey = '''\n{key}'''\n")),
        ("realm.json", format!("{{\"privateKey\": [\"{}\"], \"certificate\": [\"{}\"]}}\n", bare(&key), bare(&crt))),
    ];
    let mut verification: Option<Value> = None;
    for (name, text) in &texts {
        sandbox.write(name, text);
        let run = sandbox.scan(&[name]);
        let told: Vec<&Value> =
            run.findings().iter().filter(|one| fact_of(one, "certificate").as_deref() == Some("CN=here")).collect();
        assert_eq!(told.len(), 1, "{name}: {:#?}", run.findings());
        assert!(told[0]["verification"]["what"].as_str().unwrap().ends_with("and its certificate beside it"), "{name}");
        assert_eq!((fact_of(told[0], "certificate file"), &told[0]["confidence"]), (None, &"confirmed".into()));
        let facts = told[0]["verification"]["facts"].as_array().unwrap();
        let of_certificate =
            |fact: &&Value| ["certificate serial", "expires", "spki sha256"].contains(&fact["name"].as_str().unwrap());
        let facts: Value = facts.iter().filter(of_certificate).cloned().collect();
        assert_eq!(*verification.get_or_insert(facts.clone()), facts, "{name}");
    }
    // Standard input, what is staged, and what only the history has, know the same text.
    let told = fact(&sandbox.scan_input(texts[0].1.as_bytes(), &[]), "certificate");
    assert_eq!(told.as_deref(), Some("CN=here"));
    texts.iter().for_each(|(name, _)| std::fs::remove_file(tree.join(name)).unwrap());
    sandbox.write("bundle.pem", &texts[0].1);
    sandbox.write("alone/server.key", &key);
    sandbox.write("alone/server.crt", &crt);
    sandbox.git(&["add", "."]);
    let staged = sandbox.scan(&["--staged", "bundle.pem"]);
    assert_eq!(fact(&staged, "certificate").as_deref(), Some("CN=here"));
    assert_eq!(fact(&sandbox.scan(&["--staged", "alone"]), "certificate"), None);
    sandbox.commit();
    sandbox.git(&["rm", "-q", "-r", "."]);
    sandbox.commit();
    assert_eq!(fact(&sandbox.scan(&["--history"]), "certificate").as_deref(), Some("CN=here"));
}

#[test]
fn an_issued_or_expired_certificate_says_so() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    if certificate(&tree, "ca.key", "ca.crt", "/CN=Authority").is_none() {
        return;
    }
    // One without a common name, as they are issued today, and with the address of a person.
    sandbox.write("names.cnf", "subjectAltName=email:ann@example.org,DNS:host.example.org\n");
    certificate(&tree, "server.key", "none.crt", "/emailAddress=ann@example.org/CN=ann@example.org").unwrap();
    let request = ["req", "-new", "-key", "server.key", "-out", "request.csr", "-subj"];
    says(&tree, "openssl", &[&request[..], &["/CN=ann@example.org"]].concat()).unwrap();
    let issue = ["x509", "-req", "-in", "request.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", "0xabc"];
    let issue = [&issue[..], &["-extfile", "names.cnf", "-out", "server.crt", "-days"]].concat();
    says(&tree, "openssl", &[&issue[..], &["1"]].concat()).unwrap();
    for gone in ["ca.key", "none.crt"] {
        std::fs::remove_file(tree.join(gone)).unwrap();
    }
    let run = sandbox.scan(&["server.key"]);
    assert_eq!(fact(&run, "certificate").as_deref(), Some("DNS:host.example.org"));
    assert_eq!(fact(&run, "certificate serial").as_deref(), Some("0ABC"));
    assert_eq!((fact(&run, "self-signed"), fact(&run, "expired")), (None, None));
    assert!(!String::from_utf8_lossy(&run.stdout).contains("ann@"));
    // Only an authority dates back.
    std::fs::create_dir(tree.join("issued")).unwrap();
    sandbox.write("issued/index.txt", "");
    let authority = "[ca]\ndefault_ca=own\n[own]\ndatabase=issued/index.txt\nnew_certs_dir=issued\nrand_serial=yes\n\
                     default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n";
    sandbox.write("ca.cnf", authority);
    let issue = ["ca", "-batch", "-notext", "-selfsign", "-config", "ca.cnf", "-keyfile", "server.key"];
    let dates = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"];
    let files = ["-in", "request.csr", "-out", "server.crt"];
    says(&tree, "openssl", &[&issue[..], &dates, &files].concat()).unwrap();
    std::fs::remove_dir_all(tree.join("issued")).unwrap();
    let run = sandbox.scan(&["server.key"]);
    assert_eq!(fact(&run, "expires").as_deref(), Some("2021-01-01T00:00:00Z"));
    assert_eq!((fact(&run, "expired").as_deref(), fact(&run, "self-signed").as_deref()), (Some("yes"), Some("yes")));
}

#[test]
fn keys_of_openssh_tell_their_fingerprint_and_their_public_file() {
    let kinds: [&[&str]; 6] = [
        &["-t", "ed25519", "-N", ""],
        &["-t", "ed25519", "-N", "correct horse", "-a", "1"],
        &["-t", "ecdsa", "-b", "521", "-N", ""],
        &["-t", "rsa", "-b", "2048", "-N", ""],
        &["-t", "rsa", "-b", "2048", "-N", "", "-m", "PEM"],
        &["-t", "ecdsa", "-b", "256", "-N", "", "-m", "PEM"],
    ];
    for kind in kinds {
        let sandbox = Sandbox::new();
        let tree = sandbox.tree();
        let made = |name: &str| says(&tree, "ssh-keygen", &[kind, &["-q", "-C", "ann@host", "-f", name]].concat());
        if made("deploy").is_none() || made("other").is_none() {
            return;
        }
        std::fs::remove_file(tree.join("other")).unwrap();
        let listed = says(&tree, "ssh-keygen", &["-l", "-f", "deploy.pub"]).unwrap();
        let run = sandbox.scan(&["deploy"]);
        assert_eq!(fact(&run, "fingerprint").as_deref(), listed.split(' ').nth(1), "{kind:?}");
        assert_eq!(fact(&run, "public key").as_deref(), Some("in deploy.pub"), "{kind:?}");
        assert!(run.findings()[0]["verification"]["what"].as_str().unwrap().ends_with("its public key in deploy.pub"));
        // Where it logs in, and what an authority says of it.
        let line = std::fs::read_to_string(tree.join("deploy.pub")).unwrap();
        sandbox.write("authorized_keys", format!("# robots\nno-pty,command=\"/bin/sync\" {line}"));
        std::fs::remove_file(tree.join("deploy.pub")).unwrap();
        let run = sandbox.scan(&["deploy"]);
        assert_eq!(fact(&run, "public key").as_deref(), Some("in authorized_keys"), "{kind:?}");
        std::fs::remove_file(tree.join("authorized_keys")).unwrap();
        let run = sandbox.scan(&["deploy"]);
        assert_eq!(fact(&run, "public key"), None, "{kind:?}");
        // The same text, as settings have it, and keys of Flux in base64.
        let key = std::fs::read_to_string(tree.join("deploy")).unwrap();
        let both = serde_json::json!({"identity": key, "identity.pub": line}).to_string();
        let secret =
            format!("data:\n  identity.pub: {}\n  identity: {}\n", STANDARD.encode(&line), STANDARD.encode(&key));
        std::fs::remove_file(tree.join("deploy")).unwrap();
        std::fs::remove_file(tree.join("other.pub")).unwrap();
        sandbox.write("keys.json", both);
        assert_eq!(fact(&sandbox.scan(&["keys.json"]), "public key").as_deref(), Some("beside it"), "{kind:?}");
        if !kind.contains(&"correct horse") {
            sandbox.write("secret.yaml", secret);
            assert_eq!(fact(&sandbox.scan(&["secret.yaml"]), "public key").as_deref(), Some("beside it"), "{kind:?}");
        }
    }
}

#[test]
fn certificates_of_openssh_are_told() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    for kind in ["ed25519", "ecdsa", "rsa"] {
        let made = |name: &str| says(&tree, "ssh-keygen", &["-q", "-t", kind, "-N", "", "-f", name]);
        let folder = format!("of-{kind}");
        std::fs::create_dir(tree.join(&folder)).unwrap();
        let (authority, user) = (format!("ca-{kind}"), format!("{folder}/id"));
        if made(&authority).is_none() || made(&user).is_none() {
            return;
        }
        let signed = ["-q", "-s", &authority, "-I", "deploy", "-n", "root", "-z", "7", "-V", "20200101:20300101"];
        let public = format!("{user}.pub");
        says(&tree, "ssh-keygen", &[&signed[..], &[&public]].concat()).unwrap();
        let run = sandbox.scan(&[&user]);
        assert_eq!(fact(&run, "certificate").as_deref(), Some("key id deploy"), "{kind}");
        assert_eq!(fact(&run, "certificate file").as_deref(), Some("id-cert.pub"));
        assert_eq!(fact(&run, "certificate serial").as_deref(), Some("7"));
        let expires = fact(&run, "expires").unwrap();
        assert!(expires.starts_with("2029-12-31") || expires.starts_with("2030-01-01"), "{expires}");
        // One that never ends, and one of a person.
        says(&tree, "ssh-keygen", &["-q", "-s", &authority, "-I", "ann@example.org", &public]).unwrap();
        let run = sandbox.scan(&[&user]);
        assert_eq!((fact(&run, "certificate").as_deref(), fact(&run, "expires")), (Some("without a name"), None));
    }
}

#[test]
fn a_putty_key_under_a_passphrase_tells_its_public_file() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    if says(&tree, "ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "id"]).is_none() {
        return;
    }
    let line = std::fs::read_to_string(tree.join("id.pub")).unwrap();
    let blob = line.split(' ').nth(1).unwrap();
    // What is secret in it is encrypted, so that it may be anything.
    let (secret, mac) = (STANDARD.encode(Sha256::digest(blob)), hex::encode(Sha256::digest(&line)));
    std::fs::remove_file(tree.join("id")).unwrap();
    sandbox.write(
        "id.ppk",
        format!(
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: a key\nPublic-Lines: 2\n{}\n{}\n\
             Key-Derivation: Argon2id\nArgon2-Memory: 8192\nArgon2-Passes: 13\nArgon2-Parallelism: 1\nArgon2-Salt: 00\n\
             Private-Lines: 1\n{secret}\nPrivate-MAC: {mac}\n",
            &blob[..64],
            &blob[64..]
        ),
    );
    let listed = says(&tree, "ssh-keygen", &["-l", "-f", "id.pub"]).unwrap();
    let run = sandbox.scan(&["id.ppk"]);
    assert_eq!(fact(&run, "fingerprint").as_deref(), listed.split(' ').nth(1));
    assert_eq!(fact(&run, "public key").as_deref(), Some("in id.pub"));
    // PuTTY saves public keys in a form of their own.
    let exported = says(&tree, "ssh-keygen", &["-e", "-f", "id.pub"]).unwrap();
    sandbox.write("id.pub", exported);
    assert_eq!(fact(&sandbox.scan(&["id.ppk"]), "public key").as_deref(), Some("in id.pub"));
}

#[test]
fn a_key_of_openpgp_tells_its_fingerprint_and_its_public_file() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    // A socket's path may not be long.
    let home = tempfile::Builder::new().prefix("gpg").tempdir().unwrap();
    let at = home.path().to_str().unwrap();
    let gpg = |arguments: &[&str]| {
        let all = ["--homedir", at, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase"];
        ran(&tree, "gpg", &[&all[..], arguments].concat())
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    for (passphrase, algorithm) in [("", "ed25519"), ("correct horse", "rsa2048"), ("", "nistp256")] {
        let name = format!("{algorithm}@example.org");
        if gpg(&[passphrase, "--quick-gen-key", &name, algorithm, "default", "2040-01-01"]).is_none() {
            eprintln!("skipped: there is no gpg that makes keys of {algorithm}");
            continue;
        }
        let listed = text(gpg(&["", "--with-colons", "--list-keys", &name]).unwrap());
        let print = listed.lines().find_map(|line| line.strip_prefix("fpr:::::::::")).unwrap().trim_end_matches(':');
        let folder = format!("of-{algorithm}");
        let secret = text(gpg(&[passphrase, "--armor", "--export-secret-keys", &name]).unwrap());
        let public = gpg(&["", "--armor", "--export", &name]).unwrap();
        sandbox.write(format!("{folder}/secret.txt"), &secret);
        let run = sandbox.scan(&[&folder]);
        assert_eq!((fact(&run, "fingerprint").as_deref(), fact(&run, "public key")), (Some(print), None));
        sandbox.write(format!("{folder}/public.asc"), &public);
        assert_eq!(fact(&sandbox.scan(&[&folder]), "public key").as_deref(), Some("in public.asc"), "{algorithm}");
        // The same in plain bytes.
        let binary = gpg(&["", "--export", &name]).unwrap();
        std::fs::remove_file(tree.join(&folder).join("public.asc")).unwrap();
        sandbox.write(format!("{folder}/public.gpg"), binary);
        assert_eq!(fact(&sandbox.scan(&[&folder]), "public key").as_deref(), Some("in public.gpg"), "{algorithm}");
        std::fs::remove_file(tree.join(&folder).join("public.gpg")).unwrap();
        sandbox.write(format!("{folder}/secret.txt"), [&public[..], secret.as_bytes()].concat());
        assert_eq!(fact(&sandbox.scan(&[&folder]), "public key").as_deref(), Some("beside it"), "{algorithm}");
        // What is public is no finding by itself.
        sandbox.write(format!("{folder}/secret.txt"), public);
        assert_eq!(sandbox.scan(&[&folder]).findings().len(), 0);
    }
    let _ = Command::new("gpgconf").args(["--homedir", at, "--kill", "all"]).output();
}

#[test]
fn a_folder_of_very_many_files_is_read_by_names() {
    let sandbox = Sandbox::new();
    let tree = sandbox.tree();
    if certificate(&tree, "zz.key", "zz.crt", "/CN=last").is_none() {
        return;
    }
    certificate(&tree, "yy.key", "unlike.crt", "/CN=unlike").unwrap();
    for number in 0..70 {
        sandbox.write(format!("other-{number}.pem"), "nothing\n");
    }
    assert_eq!(fact(&sandbox.scan(&["zz.key"]), "certificate").as_deref(), Some("CN=last"));
    assert_eq!(fact(&sandbox.scan(&["yy.key"]), "certificate"), None);
}

/// Names are shown as everywhere, and no link is followed.
#[test]
#[cfg(unix)]
fn names_of_neighbours_hide_keys_and_links_are_not_followed() {
    let (sandbox, mut keys) = (Sandbox::new(), common::Keys::new());
    let tree = sandbox.tree();
    let token = keys.token();
    if certificate(&tree, "server.key", "server.crt", &format!("/CN={token}")).is_none() {
        return;
    }
    std::fs::rename(tree.join("server.crt"), tree.join(format!("{token}.crt"))).unwrap();
    let run = sandbox.scan(&["server.key"]);
    let file = fact(&run, "certificate file").unwrap();
    assert!(file.ends_with(".crt") && !file.contains(&token), "{file}");
    assert!(fact(&run, "certificate").unwrap().starts_with("CN="));
    assert!(!String::from_utf8_lossy(&run.stdout).contains(&token));
    std::fs::create_dir(tree.join("elsewhere")).unwrap();
    std::fs::rename(tree.join(format!("{token}.crt")), tree.join("elsewhere/server.crt")).unwrap();
    std::os::unix::fs::symlink(tree.join("elsewhere/server.crt"), tree.join("server.crt")).unwrap();
    assert_eq!(fact(&sandbox.scan(&["server.key"]), "certificate"), None);
}
