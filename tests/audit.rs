//! `keytrail audit`, through the binary: exports typed after providers' documentation, a repository made by git, and
//! keys made at run time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod common;

use base64::Engine as _;
use common::{Keys, Run, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const NOW: &str = "2026-06-30";

/// An id of an AWS access key, which a rule finds wherever it stands.
const AWS_ID: &str = "aws-access-key-id";
const AWS_SECRET: &str = "aws-secret-access-key";

fn audit(sandbox: &Sandbox, args: &[&str]) -> Run {
    let all = [&["audit", "--format", "json", "--as-of", NOW], args].concat();
    Run::of(sandbox.keytrail().args(all).output().unwrap())
}

/// The answer of `aws iam list-access-keys`, as the reference of the AWS command line shows it.
fn aws(keys: &[(&str, &str, &str, &str)]) -> String {
    let list: Vec<Value> = keys
        .iter()
        .map(|(user, id, status, created)| {
            json!({"UserName": user, "Status": status, "CreateDate": created, "AccessKeyId": id})
        })
        .collect();
    json!({ "AccessKeyMetadata": list }).to_string()
}

fn findings<'r>(run: &'r Run, check: &str) -> Vec<&'r Value> {
    run.findings().iter().filter(|finding| finding["check"] == check).collect()
}

fn key<'r>(run: &'r Run, name: &str) -> &'r Value {
    let keys = run.json()["keys"].as_array().unwrap();
    keys.iter()
        .find(|key| key["key"].as_str().unwrap().ends_with(name))
        .unwrap_or_else(|| panic!("{name} in {keys:#?}"))
}

/// A commit of everything, made on a day.
fn commit_on(sandbox: &Sandbox, day: &str) {
    sandbox.git(&["add", "-A"]);
    let date = format!("{day}T12:00:00+00:00");
    let mut command = sandbox.git_command("");
    command.env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date);
    let output = command.args(["commit", "-q", "-m", "state"]).output().unwrap();
    assert!(output.status.success());
}

#[test]
fn a_leaked_key_that_works_is_told_with_the_day_since_which_it_is_exposed() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let (leaked, quiet) = (keys.of(AWS_ID), keys.of(AWS_ID));
    sandbox.write("deploy.env", format!("AWS_ACCESS_KEY_ID={leaked}\nAWS_SECRET_ACCESS_KEY={}\n", keys.of(AWS_SECRET)));
    commit_on(&sandbox, "2026-06-20");
    sandbox.write("deploy.env", "AWS_ACCESS_KEY_ID=from-the-vault\n");
    commit_on(&sandbox, "2026-06-21");
    let listing =
        aws(&[("deploy", &leaked, "Active", "2026-06-01T00:00:00Z"), ("ci", &quiet, "Active", "2026-06-01T00:00:00Z")]);
    std::fs::write(sandbox.home().join("keys.json"), listing).unwrap();
    let inventory = sandbox.home().join("keys.json");
    let run = audit(&sandbox, &["--inventory", inventory.to_str().unwrap(), "--history"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let active = findings(&run, "leaked-active");
    assert_eq!(active.len(), 1, "{:#?}", run.findings());
    assert_eq!((&active[0]["severity"], &active[0]["leaks"][0]["how"]), (&"critical".into(), &"id-beside".into()));
    assert_eq!(
        (&active[0]["leaks"][0]["certainty"], &active[0]["leaks"][0]["at_head"]),
        (&"certain".into(), &false.into())
    );
    assert_eq!(active[0]["places"][0]["line"], 1);
    assert!(active[0]["message"].as_str().unwrap().contains("exposed for 10 days"), "{}", active[0]["message"]);
    // The first commit is held against the key's own dates.
    assert!(
        active[0]["message"].as_str().unwrap().ends_with("It was made on 2026-06-01, 19 days before that."),
        "{}",
        active[0]["message"]
    );
    let facts = active[0]["evidence"].as_array().unwrap();
    let fact = |name: &str| facts.iter().find(|fact| fact["name"] == name).unwrap()["value"].clone();
    assert_eq!((fact("exposed since"), fact("key made")), ("2026-06-20".into(), "2026-06-01".into()));
    // The other key was looked for in every object, and is nowhere: that is said, too.
    let search = &key(&run, &quiet)["search"];
    assert_eq!((&search["searchable"], &search["found"]), (&"exactly".into(), &false.into()));
    assert!(search["objects"].as_u64().unwrap() >= 4, "{search}");
    assert_eq!(run.json()["summary"]["searched_and_not_found"], 1);
    assert!(findings(&run, "leaked-unmanaged").is_empty());
}

#[test]
fn every_outcome_of_the_join() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let [old, new, revoked, stranger] = [0; 4].map(|_| keys.of(AWS_ID));
    let token = keys.token();
    let lines = [&old, &revoked, &stranger].map(|id| format!("aws_key = \"{id}\"\n")).concat();
    sandbox.write("settings.py", format!("{lines}github = \"{token}\"\n"));
    sandbox.commit();
    sandbox.write(
        "keys.json",
        aws(&[
            ("deploy", &old, "Active", "2026-01-01T00:00:00Z"),
            ("deploy", &new, "Active", "2026-06-01T00:00:00Z"),
            ("gone", &revoked, "Inactive", "2026-01-01T00:00:00Z"),
        ]),
    );
    // Fine-grained tokens show nothing of themselves.
    sandbox.write(
        "github.json",
        r#"[{"id":25381,"owner":{"login":"octocat","type":"User"},"repository_selection":"all","permissions":
        {"repository":{"metadata":"read"}},"access_granted_at":"2026-05-16T08:47:09.000-07:00","token_expired":false,
        "token_id":1,"token_name":"Bot","token_expires_at":"2026-11-16T08:47:09.000-07:00",
        "token_last_used_at":null}]"#,
    );
    let run = audit(&sandbox, &["--inventory", "keys.json", "--inventory", "github.json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let about = |check: &str, id: &str| {
        findings(&run, check).iter().any(|finding| {
            finding["key"].as_str().is_some_and(|key| key.ends_with(id))
                || finding["message"].as_str().unwrap().contains(id)
        })
    };
    assert!(about("leaked-active", &old) && about("replaced-referenced", &old) && about("old-key-active", &old));
    assert!(about("leaked-inactive", &revoked) && !about("leaked-active", &revoked));
    assert_eq!(findings(&run, "leaked-unmanaged").len(), 1, "{:#?}", run.findings());
    assert!(findings(&run, "leaked-unmanaged")[0]["message"].as_str().unwrap().contains("settings.py:3"));
    assert!(findings(&run, "leaked-unassigned")[0]["message"].as_str().unwrap().contains("nothing to recognise it by"));
    let rotation = &key(&run, &old)["rotation"];
    assert_eq!((&rotation["step"], &rotation["referenced"][0]), (&"implement".into(), &"settings.py:1".into()));
    assert!(rotation["successor"].as_str().unwrap().ends_with(&new));
    // No report of any format shows a key, and SARIF points at the row.
    for format in ["text", "json", "sarif", "csv", "markdown", "html", "junit"] {
        let args = ["audit", "--inventory", "keys.json", "--as-of", NOW, "--format", format];
        let output = sandbox.keytrail().args(args).output().unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(!text.contains(&token), "{format}");
        assert_eq!(output.stdout, sandbox.keytrail().args(args).output().unwrap().stdout, "{format}");
        if format == "sarif" {
            let sarif: Value = serde_json::from_str(&text).unwrap();
            let results = sarif["runs"][0]["results"].as_array().unwrap();
            let leaked = results.iter().find(|result| result["ruleId"] == "leaked-active").unwrap();
            let place = &leaked["locations"][0];
            assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "keys.json");
            assert!(place["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap().ends_with(&old));
            assert_eq!(leaked["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 1);
            let names: Vec<&Value> =
                sarif["runs"][0]["taxonomies"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
            assert_eq!(names, ["CWE", "OWASP-NHI"]);
        }
    }
}

#[test]
fn of_an_export_that_is_cut_off_nothing_is_said_about_what_it_leaves_out() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let [first, second] = [0; 2].map(|_| keys.of(AWS_ID));
    sandbox.write("settings.py", format!("aws_key = \"{second}\"\n"));
    sandbox.commit();
    let day = "2026-01-01T00:00:00Z";
    let listing = aws(&[("a", &first, "Active", day), ("b", &second, "Active", day)]);
    sandbox.write("keys.json", &listing[..listing.find(&second).unwrap()]);
    let run = audit(&sandbox, &["--inventory", "keys.json"]);
    assert_eq!((run.code, &run.json()["complete"]), (2, &false.into()), "{}", run.stderr);
    assert!(findings(&run, "leaked-unmanaged").is_empty(), "{:#?}", run.findings());
    assert_eq!(findings(&run, "inventory-file")[0]["severity"], "high");
    // Nor where nothing of it could be read, and another file of the provider is whole.
    sandbox.write("keys.json", &listing[..listing.find(&first).unwrap()]);
    sandbox.write("other.json", aws(&[("c", &keys.of(AWS_ID), "Active", day)]));
    let run = audit(&sandbox, &["--inventory", "keys.json", "--inventory", "other.json"]);
    assert!(run.code == 2 && findings(&run, "leaked-unmanaged").is_empty(), "{:#?}", run.findings());
}

#[test]
fn a_key_that_has_expired_is_not_one_that_is_switched_off() {
    let sandbox = Sandbox::repository();
    sandbox.write("keys.csv", "Provider,ID,Name,Status\nacme,k1,ended,expired\nacme,k2,off,disabled\n");
    let run = audit(&sandbox, &["--inventory", "keys.csv", "--no-scan"]);
    let off: Vec<&str> =
        findings(&run, "inactive-not-deleted").iter().map(|finding| finding["key"].as_str().unwrap()).collect();
    assert_eq!(off, ["acme/key/k2"], "{:#?}", run.findings());
}

#[test]
fn a_key_that_is_noted_in_a_table_is_recognised_in_code() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let value = keys.value();
    sandbox.write("src/app.env", format!("DOCBITS_API_KEY={value}\n"));
    sandbox.write(
        "../docbits.csv",
        format!("DocBits key,Owner,Created,Rotation due\n{value},ann,2026-06-01,2026-08-30\n"),
    );
    sandbox.commit();
    let table = sandbox.path("../docbits.csv");
    let run = audit(&sandbox, &["--inventory", table.to_str().unwrap()]);
    assert_eq!(findings(&run, "key-in-inventory").len(), 1, "{:#?}", run.findings());
    assert_eq!(findings(&run, "leaked-active").len(), 1, "{:#?}", run.findings());
    assert!(!String::from_utf8_lossy(&run.stdout).contains(&value));
}

#[test]
fn digests_masks_and_the_key_itself_are_recognised() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let [hashed, hashed64, masked, plain, none] = [0; 5].map(|_| keys.token());
    let all = [&hashed, &hashed64, &masked, &plain].map(|token| format!("token = \"{token}\"\n")).concat();
    sandbox.write("src/a.py", all);
    sandbox.commit();
    let hex = |token: &str| hex::encode(Sha256::digest(token.as_bytes()));
    let base64 = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(hashed64.as_bytes()));
    let mask = format!("{}...{}", &masked[..4], &masked[masked.len() - 8..]);
    let rows = format!(
        "id,name,provider,created,hash,key\nk1,hex,github,2026-06-01,{},\nk2,base64,github,2026-06-01,{base64},\n\
         k3,mask,github,2026-06-01,,{mask}\nk4,plain,github,2026-06-01,,{plain}\nk5,none,github,2026-06-01,{},\n",
        hex(&hashed),
        hex(&none)
    );
    std::fs::write(sandbox.home().join("github.csv"), rows).unwrap();
    let inventory = sandbox.home().join("github.csv");
    let run = audit(&sandbox, &["--inventory", inventory.to_str().unwrap()]);
    let how = |id: &str| {
        let of = findings(&run, "leaked-active").into_iter().find(|one| one["key"].as_str().unwrap().ends_with(id));
        of.map(|one| (one["leaks"][0]["how"].clone(), one["leaks"][0]["certainty"].clone()))
    };
    let said = |how: &str, certainty: &str| Some((Value::from(how), Value::from(certainty)));
    assert_eq!(how("k1"), said("digest", "certain"), "{} {:#?}", run.stderr, run.json()["keys"]);
    assert_eq!(how("k2"), said("digest", "certain"));
    assert_eq!(how("k3"), said("mask", "likely"));
    assert_eq!(how("k4"), said("plaintext", "certain"));
    assert_eq!(how("k5"), None);
    assert_eq!(findings(&run, "key-in-inventory").len(), 1);
    let text = String::from_utf8(run.stdout.clone()).unwrap();
    assert!([&hashed, &hashed64, &masked, &plain].iter().all(|token| !text.contains(token.as_str())));
}

#[test]
fn a_key_of_the_inventory_is_found_where_no_rule_sees_it() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let (token, value) = (keys.token(), keys.value());
    // Encoded twice over, and without a name: rules have nothing to go by.
    let code = base64::engine::general_purpose::STANDARD.encode(format!("prefix {value} suffix"));
    sandbox.write("a.txt", format!("see {code} there\n"));
    sandbox.commit();
    sandbox.write("a.txt", "gone\n");
    sandbox.commit();
    let rows = format!("id,name,provider,key\nk1,Bot,acme,{value}\nk2,Other,acme,{token}\n");
    std::fs::write(sandbox.home().join("acme.csv"), rows).unwrap();
    let inventory = sandbox.home().join("acme.csv");
    let run = audit(&sandbox, &["--history", "--inventory", inventory.to_str().unwrap()]);
    let active = findings(&run, "leaked-active");
    assert_eq!(active.len(), 1, "{} {:#?}", run.stderr, run.json()["keys"]);
    assert_eq!((&active[0]["key"], &active[0]["leaks"][0]["how"]), (&"acme/key/k1".into(), &"plaintext".into()));
    let other = &key(&run, "k2")["search"];
    assert_eq!((&other["searchable"], &other["found"]), (&"exactly".into(), &false.into()));
}

#[test]
fn a_mask_that_fits_several_values_says_so() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let (one, two) = (keys.token(), keys.token());
    sandbox.write("a.py", format!("a = \"{one}\"\nb = \"{two}\"\n"));
    sandbox.commit();
    sandbox.write("github.csv", format!("id,name,provider,prefix\nk1,Bot,github,{}\n", &one[..4]));
    let run = audit(&sandbox, &["--inventory", "github.csv"]);
    let active = findings(&run, "leaked-active");
    assert_eq!(active.len(), 1, "{:#?}", run.findings());
    assert_eq!((&active[0]["severity"], &active[0]["leaks"][0]["certainty"]), (&"medium".into(), &"ambiguous".into()));
    assert!(active[0]["message"].as_str().unwrap().contains("one of 2 possibilities"), "{}", active[0]["message"]);
}

#[test]
fn the_policy_is_found_and_its_mistakes_are_shown() {
    let sandbox = Sandbox::repository();
    sandbox.write("inner/keys.csv", "id,name,provider,created,last used\nk1,Bot,acme,2026-06-01,2026-06-29\n");
    sandbox.write("keytrail.toml", "[audit]\nrotation = 10\n");
    let audit = || {
        let mut command = sandbox.keytrail();
        command.current_dir(sandbox.path("inner"));
        let args = ["audit", "--format", "json", "--as-of", NOW, "--no-scan", "--inventory", "keys.csv"];
        Run::of(command.args(args).output().unwrap())
    };
    let run = audit();
    assert_eq!((run.code, findings(&run, "rotation-overdue").len()), (1, 1), "{}", run.stderr);
    assert_eq!(run.json()["policy"]["rotation"], "10 days");
    sandbox.write("keytrail.toml", "[audit]\nrotatoin = 10\n");
    let run = audit();
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("keytrail.toml:2:1") && run.stderr.contains("did you mean `rotation`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_secret_that_was_rotated_since_is_no_live_leak() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let id = keys.of(AWS_ID);
    sandbox.write("a.env", format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={}\n", keys.of(AWS_SECRET)));
    commit_on(&sandbox, "2026-05-01");
    let outcome = |rotated: &str| {
        let rows = format!("id,name,provider,created,rotated,status\n{id},Bot,aws,2025-01-01,{rotated},active\n");
        std::fs::write(sandbox.home().join("aws.csv"), rows).unwrap();
        let inventory = sandbox.home().join("aws.csv");
        let run = audit(&sandbox, &["--history", "--inventory", inventory.to_str().unwrap()]);
        ["leaked-active", "leaked-replaced", "replaced-referenced"].map(|check| findings(&run, check).len())
    };
    // Rotated after the commit: what stands there is an old secret. Rotated before it: the leak is of the new one.
    assert_eq!(outcome("2026-06-01"), [0, 1, 1]);
    assert_eq!(outcome("2026-04-01"), [1, 0, 0]);
    let inventory = sandbox.home().join("aws.csv");
    let run = audit(&sandbox, &["--history", "--inventory", inventory.to_str().unwrap()]);
    let message = findings(&run, "leaked-active")[0]["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with("It was last rotated on 2026-04-01, 30 days before that."), "{message}");
}

#[test]
fn exports_of_other_providers_are_joined_too() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let (gitlab, openai) = (keys.of("gitlab-personal-access-token"), keys.of("openai-project-api-key"));
    let account = "ci@demo.iam.gserviceaccount.com";
    // A key file, as `gcloud iam service-accounts keys create` writes it: the id, and the key behind it.
    let pair = keys.of("gcp-service-account-key");
    let key = common::armour_in(&pair);
    let id = pair.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 40).unwrap().to_owned();
    let file = format!(
        "{{\n  \"type\": \"service_account\",\n  \"project_id\": \"demo\",\n  \"private_key_id\": \"{id}\",\n  \
         \"private_key\": \"{key}\",\n  \"client_email\": \"{account}\"\n}}\n"
    );
    sandbox.write("key.json", file);
    sandbox.write("deploy.env", format!("GITLAB_TOKEN={gitlab}\nOPENAI_API_KEY={openai}\n"));
    sandbox.commit();
    // `gcloud iam service-accounts keys list`, after the reference of the IAM API.
    let gcp = json!([{"name": format!("projects/demo/serviceAccounts/{account}/keys/{id}"), "keyOrigin": "GOOGLE_PROVIDED",
        "validAfterTime": "2026-05-01T00:00:00Z", "validBeforeTime": "9999-12-31T23:59:59Z",
        "keyAlgorithm": "KEY_ALG_RSA_2048", "keyType": "USER_MANAGED"}]);
    // The example of "List all personal access tokens" in the reference of GitLab's REST API.
    let tokens = json!([{"id": 4, "name": "Test Token", "revoked": false, "created_at": "2026-05-23T14:31:47.729Z",
        "description": "Test Token description", "scopes": ["api"], "user_id": 3,
        "last_used_at": "2026-06-21T17:31:37.729Z", "active": true, "expires_at": null}]);
    // The example of "List project API keys" in the reference of OpenAI's API.
    let project = json!({"object": "list", "data": [{"object": "organization.project.api_key",
        "redacted_value": format!("{}...{}", &openai[..11], &openai[openai.len() - 3..]), "name": "My API Key",
        "created_at": 1_780_000_000, "last_used_at": 1_780_100_000, "id": "key_abc",
        "owner": {"type": "user", "user": {"object": "organization.project.user", "id": "user_abc",
            "name": "First Last", "email": "user@example.com", "role": "owner", "created_at": 1_711_471_533}}}],
        "first_id": "key_abc", "last_id": "key_xyz", "has_more": false});
    for (name, export) in [("gcp.json", gcp), ("gitlab.json", tokens), ("openai.json", project)] {
        std::fs::write(sandbox.home().join(name), export.to_string()).unwrap();
    }
    let paths = ["gcp.json", "gitlab.json", "openai.json"].map(|name| sandbox.home().join(name));
    let mut args = vec!["--inventory"];
    args.extend(paths.iter().map(|path| path.to_str().unwrap()));
    let run = audit(&sandbox, &args);
    let formats: Vec<&Value> = run.json()["files"].as_array().unwrap().iter().map(|file| &file["format"]).collect();
    assert_eq!(formats, ["gcp-service-account-keys", "gitlab", "openai"], "{}", run.stderr);
    let joined = |id: &str| {
        let leaked = findings(&run, "leaked-active").into_iter().find(|one| one["key"].as_str().unwrap().ends_with(id));
        leaked.map(|one| (one["leaks"][0]["how"].clone(), one["leaks"][0]["certainty"].clone()))
    };
    let said = |how: &str, certainty: &str| Some((Value::from(how), Value::from(certainty)));
    assert!(joined(&id).is_some_and(|(_, certainty)| certainty == "certain"), "{:#?}", run.findings());
    assert_eq!(joined("key_abc"), said("mask", "possible"));
    // GitLab's listing shows nothing of a token, so that nobody can say which one it is.
    assert_eq!(joined("/4"), None);
    assert!(
        findings(&run, "leaked-unassigned").iter().any(|one| one["message"].as_str().unwrap().contains("deploy.env:1")),
        "{:#?}",
        run.findings()
    );
}

#[test]
fn files_are_mapped_by_the_configuration() {
    let sandbox = Sandbox::repository();
    sandbox.write("acme-keys.csv", "Tag;Gemacht\nBot;01.02.2026\n");
    let mapping = "[[inventory.mapping]]\nfiles = \"acme-*\"\nprovider = \"acme\"\n\
        columns = { name = \"Tag\", created = \"Gemacht\" }\ndate-order = \"day-first\"\n";
    sandbox.write("keytrail.toml", mapping);
    let run = audit(&sandbox, &["--no-scan", "--inventory", "acme-keys.csv"]);
    assert_eq!(key(&run, "Bot")["secret_since"], "2026-02-01T00:00:00Z", "{}", run.stderr);
    let shown = sandbox.keytrail().args(["inventory", "convert", "acme-keys.csv"]).output().unwrap();
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&shown["keys"][0]["provider"], &shown["keys"][0]["name"]), (&"acme".into(), &"Bot".into()));
}

#[test]
fn the_scan_of_an_audit_obeys_the_configuration() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let [vendored, quoted, commented, real] = [0; 4].map(|_| keys.of(AWS_ID));
    sandbox.write("vendor/sdk.py", format!("KEY = \"{vendored}\"\n"));
    sandbox.write("docs/manual.md", format!("    aws_access_key_id = {quoted}\n"));
    sandbox.write("app.py", format!("a = \"{commented}\"  # keytrail:allow of a sandbox\nb = \"{real}\"\n"));
    let listing: Vec<_> =
        [&vendored, &quoted, &commented, &real].map(|id| ("ci", id.as_str(), "Active", "2026-06-01T00:00:00Z")).into();
    std::fs::write(sandbox.home().join("keys.json"), aws(&listing)).unwrap();
    let inventory = sandbox.home().join("keys.json");
    let args = ["--inventory", inventory.to_str().unwrap()];
    let active = |run: &Run, open: bool| -> Vec<String> {
        let all = findings(run, "leaked-active").into_iter();
        let its = all.filter(|finding| finding["accepted"].is_null() == open);
        let mut ids: Vec<String> = its.map(|finding| finding["subject"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    // Without a configuration a comment alone accepts something.
    let run = audit(&sandbox, &args);
    assert_eq!(active(&run, true), sorted(&[&vendored, &quoted, &real]), "{}", run.stderr);
    assert_eq!(active(&run, false), sorted(&[&commented]));
    sandbox.write(
        "keytrail.toml",
        "[scan]\nexclude = [\"/vendor/\"]\n[[allow]]\npaths = [\"/docs/\"]\nreason = \"Values of the manual\"\n\
         owner = \"ann\"\nexpires = 2026-12-31\n",
    );
    let run = audit(&sandbox, &args);
    assert_eq!(active(&run, true), sorted(&[&real]), "{}", run.stderr);
    assert_eq!(active(&run, false), sorted(&[&quoted, &commented]));
    assert_eq!(run.json()["summary"]["leaked_and_working"], 1);
    let accepted = |id: &String| {
        let all = findings(&run, "leaked-active");
        all.iter().find(|finding| finding["subject"] == id.as_str()).unwrap()["accepted"].clone()
    };
    assert_eq!(accepted(&quoted)["in_source"], false);
    assert!(accepted(&quoted)["reason"].as_str().unwrap().contains("Values of the manual"));
    assert_eq!(
        (&accepted(&commented)["in_source"], &accepted(&commented)["reason"]),
        (&true.into(), &"of a sandbox".into())
    );
    // The text says so, too.
    let text = sandbox.keytrail().args(["audit", "--as-of", NOW]).args(args).output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("Accepted, and not counted") && text.contains("Values of the manual"), "{text}");
    // An allowance that has expired by the day of the audit allows nothing.
    let late = ["audit", "--format", "json", "--as-of", "2027-01-01"];
    let late = Run::of(sandbox.keytrail().args(late).args(args).output().unwrap());
    assert_eq!(active(&late, true), sorted(&[&quoted, &real]), "{}", late.stderr);
    // Rules for some files, the rules of all, and no configuration at all.
    sandbox.write("keytrail.toml", "[[scan.path]]\nfiles = [\"*.py\"]\ndisable = [\"aws-*\"]\n");
    assert_eq!(active(&audit(&sandbox, &args), true), sorted(&[&quoted]));
    assert_eq!(active(&audit(&sandbox, &[&args[..], &["--no-config"]].concat()), true).len(), 3);
    sandbox.write("keytrail.toml", "[scan]\ndisable = [\"aws-*\"]\n");
    assert_eq!(active(&audit(&sandbox, &args), true).len(), 0);
    sandbox.write("keytrail.toml", "[scan]\ndisable = [\"asw-*\"]\n");
    let mistaken = audit(&sandbox, &args);
    assert!(mistaken.code == 2 && mistaken.stderr.contains("asw-*"), "{}", mistaken.stderr);
}

#[test]
fn a_history_that_the_configuration_asks_for_is_scanned() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let id = keys.of(AWS_ID);
    sandbox.write("a.env", format!("AWS_ACCESS_KEY_ID={id}\n"));
    commit_on(&sandbox, "2026-06-20");
    sandbox.write("a.env", "\n");
    commit_on(&sandbox, "2026-06-21");
    sandbox.write("keytrail.toml", "[scan]\nhistory = true\n");
    std::fs::write(sandbox.home().join("keys.json"), aws(&[("ci", &id, "Active", "2026-06-01T00:00:00Z")])).unwrap();
    let inventory = sandbox.home().join("keys.json");
    let args = ["--inventory", inventory.to_str().unwrap()];
    assert_eq!(findings(&audit(&sandbox, &args), "leaked-active").len(), 1);
    assert_eq!(findings(&audit(&sandbox, &[&args[..], &["--no-history"]].concat()), "leaked-active").len(), 0);
}

#[test]
fn a_private_key_is_known_by_its_public_half() {
    let sandbox = Sandbox::repository();
    let made = |name: &str, arguments: &[&str]| {
        let all = [arguments, &["-q", "-C", "ci@example.com", "-f", name]].concat();
        std::process::Command::new("ssh-keygen")
            .args(all)
            .current_dir(sandbox.tree())
            .status()
            .is_ok_and(|s| s.success())
    };
    let locked = ["-t", "ed25519", "-N", "correct horse", "-a", "1"];
    if !(made("deploy", &["-t", "ed25519", "-N", ""])
        && made("locked", &locked)
        && made("rsa.pem", &["-t", "rsa", "-b", "2048", "-N", "", "-m", "PEM"]))
    {
        eprintln!("skipped: there is no ssh-keygen");
        return;
    }
    let line =
        |name: &str| std::fs::read_to_string(sandbox.tree().join(format!("{name}.pub"))).unwrap().trim().to_owned();
    let print = |name: &str| {
        let file = format!("{name}.pub");
        let mut command = std::process::Command::new("ssh-keygen");
        let listed = command.args(["-l", "-f", &file]).current_dir(sandbox.tree()).output().unwrap().stdout;
        String::from_utf8(listed).unwrap().split(' ').nth(1).unwrap().to_owned()
    };
    // A deploy key as GitHub lists it, and fingerprints in a table of one's own.
    let listing = json!([{"id": 1, "title": "CI", "key": line("deploy"), "read_only": false, "verified": true,
        "created_at": "2026-06-01T00:00:00Z", "added_by": "octocat", "last_used": null, "enabled": true}]);
    sandbox.write("deploy-keys.json", listing.to_string());
    let table = format!(
        "Name,Provider,Owner,Fingerprint,Created,Status\nBackup,acme,ann,{},2026-06-01,active\n\
         Build,acme,ann,{},2026-06-01,active\n",
        print("locked"),
        print("rsa.pem")
    );
    sandbox.write("ssh.csv", table);
    let run = audit(&sandbox, &["--inventory", "deploy-keys.json", "ssh.csv"]);
    let active = findings(&run, "leaked-active");
    let mut told: Vec<_> = active.iter().map(|one| (one["subject"].clone(), one["leaks"][0]["how"].clone())).collect();
    told.sort_by_key(|one| one.0.to_string());
    let by_half = |name: &str| (Value::from(name), Value::from("public-key"));
    assert_eq!(told, [by_half("Backup"), by_half("Build"), by_half("CI")], "{:#?}", run.findings());
    assert!(active.iter().all(|one| one["leaks"][0]["certainty"] == "certain" && one["severity"] == "critical"));
    assert!(active[0]["message"].as_str().unwrap().contains("public half"), "{}", active[0]["message"]);
    assert_eq!(key(&run, "github/deploy-key/1")["search"]["searchable"], "exactly");
    assert_eq!(run.json()["summary"]["leaked_and_working"], 3);
}

#[test]
fn an_exception_names_the_file_that_has_it() {
    let sandbox = Sandbox::repository();
    sandbox.write("keys.csv", "id,name,provider,created\nk1,Bot,acme,2026-06-29\n");
    let old = "[[audit.exception]]\ncheck = \"unused\"\nkey = \"k1\"\nreason = \"x\"\nexpires = 2026-01-31\n";
    sandbox.write("policy/base.toml", format!("# for everybody\n{old}"));
    sandbox.write("keytrail.toml", "extends = [\"policy/base.toml\"]\n");
    let run = audit(&sandbox, &["--no-scan", "--inventory", "keys.csv"]);
    let place = &findings(&run, "exception-expired")[0]["places"][0];
    assert_eq!((&place["path"], &place["line"]), (&"policy/base.toml".into(), &3.into()), "{}", run.stderr);
}

#[test]
fn exit_codes_and_bad_rows() {
    let sandbox = Sandbox::repository();
    sandbox.write("good.csv", "id,name,provider,created\nk1,Bot,acme,2026-06-29\n");
    sandbox.write("bad.csv", "id,name,provider,created\nk1,Bot,acme,someday\n");
    sandbox.write("none.txt", "nothing that anybody knows\n");
    assert_eq!(audit(&sandbox, &["--no-scan", "--inventory", "good.csv"]).code, 0);
    let bad = audit(&sandbox, &["--no-scan", "--inventory", "bad.csv"]);
    assert_eq!((bad.code, &findings(&bad, "inventory-row")[0]["places"][0]["line"]), (1, &2.into()));
    assert_eq!(audit(&sandbox, &["--no-scan", "--fail-on", "high", "--inventory", "bad.csv"]).code, 0);
    let none = audit(&sandbox, &["--no-scan", "--inventory", "none.txt"]);
    assert_eq!((none.code, findings(&none, "inventory-file").len()), (2, 1));
    assert_eq!(audit(&sandbox, &["--no-scan", "--inventory", "absent.csv"]).code, 2);
    assert_eq!(audit(&sandbox, &["--no-scan"]).code, 2);
    for nothing_to_say in [
        &["--no-scan", "--since", "2026-01-01"][..],
        &["--no-history", "--branch", "main"],
        &["--no-scan", "--no-ignore"],
        &["--no-scan", "--max-file-size", "1M"],
    ] {
        let run = audit(&sandbox, &[nothing_to_say, &["--inventory", "good.csv"]].concat());
        assert!(run.code == 2 && run.stderr.contains(nothing_to_say[1]), "{nothing_to_say:?}: {}", run.stderr);
    }
}

#[test]
fn an_earlier_audit_tells_what_is_new_and_resolved() {
    let sandbox = Sandbox::repository();
    sandbox.write("keys.csv", "id,name,provider,created,last used\nk1,Bot,acme,2025-01-01,2026-01-01\n");
    let first = ["audit", "--no-scan", "--inventory", "keys.csv", "--as-of", "2026-06-01", "-o", "first.json"];
    assert_eq!(sandbox.keytrail().args(first).output().unwrap().status.code(), Some(1));
    sandbox.write(
        "keys.csv",
        "id,name,provider,created,last used,rotated\nk1,Bot,acme,2025-01-01,2026-01-01,2026-06-02\n",
    );
    let run = audit(&sandbox, &["--no-scan", "--inventory", "keys.csv", "--previous", "first.json"]);
    let changes = &run.json()["changes"];
    assert_eq!(changes["resolved"][0]["check"], "rotation-overdue", "{changes:#?}");
    assert_eq!((&changes["still_open"][0]["days"], &changes["new"]), (&29.into(), &json!([])));
    let wrong = audit(&sandbox, &["--no-scan", "--inventory", "keys.csv", "--previous", "keys.csv"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("no audit of keytrail"), "{}", wrong.stderr);
}

#[test]
fn one_key_in_two_repositories_is_shared() {
    let (sandbox, mut keys) = (Sandbox::new(), Keys::new());
    let token = keys.token();
    for name in ["one", "two"] {
        sandbox.write(format!("{name}/a.py"), format!("token = \"{token}\"\n"));
        sandbox.git_in(name, &["init", "-q", "-b", "main"]);
    }
    sandbox.write("keys.csv", "id,name,provider\nk1,Bot,acme\n");
    let run = audit(&sandbox, &["one", "two", "--inventory", "keys.csv"]);
    let shared = findings(&run, "shared-repositories");
    assert_eq!(shared.len(), 1, "{} {:#?}", run.stderr, run.findings());
    assert!(shared[0]["message"].as_str().unwrap().contains("`one`, `two`"), "{}", shared[0]["message"]);
}

#[test]
fn checks_are_explained() {
    let sandbox = Sandbox::new();
    let run = |args: &[&str]| Run::of(sandbox.keytrail().args(args).output().unwrap());
    let page = run(&["audit", "--explain", "rotation-overdue"]);
    assert!(page.code == 0 && String::from_utf8(page.stdout).unwrap().contains("PCI DSS"));
    assert!(run(&["audit", "--explain", "rotation-overdu"]).stderr.contains("did you mean `rotation-overdue`"));
    assert!(run(&["audit", "--checks"]).stdout.len() > 500);
}

// ---- call logs

/// An event of CloudTrail, after "CloudTrail record contents".
fn trail_event(id: &str, time: &str, source: &str, error: Option<&str>) -> Value {
    let mut event = json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "principalId": "FAKE", "arn": "arn:aws:iam::000000000000:user/ci",
            "accountId": "000000000000", "accessKeyId": id, "userName": "ci"},
        "eventTime": time, "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-central-1",
        "sourceIPAddress": source, "userAgent": "aws-cli/2.13.5", "eventID": "fake",
    });
    if let Some(error) = error {
        event["errorCode"] = error.into();
    }
    event
}

/// Two logs and what they are held against: CloudTrail, and GitHub's audit log as JSON Lines.
fn logs(sandbox: &Sandbox) -> [String; 6] {
    let mut keys = Keys::new();
    let ids = [0; 6].map(|_| keys.of(AWS_ID));
    let [busy, gone, old, new, idle, stranger] = &ids;
    let rows = format!(
        "id,name,provider,status,created,supersedes\n{busy},busy,aws,active,2026-06-01,\n\
         {gone},gone,aws,inactive,2026-01-01,\n{old},old,aws,active,2026-01-01,\n{new},new,aws,active,2026-05-01,{old}\n\
         {idle},idle,aws,active,2026-04-01,\n"
    );
    sandbox.write("aws.csv", rows);
    // Fine-grained tokens as the reference of the REST API lists them.
    sandbox.write(
        "github.json",
        r#"[{"id":1,"owner":{"login":"octocat","type":"User"},"repository_selection":"all","permissions":
        {"repository":{"metadata":"read"}},"access_granted_at":"2026-04-16T08:47:09.000-07:00","token_expired":true,
        "token_id":98716,"token_name":"Bot","token_expires_at":"2026-05-16T08:47:09.000-07:00",
        "token_last_used_at":null}]"#,
    );
    let mut events: Vec<Value> = (1..=60)
        .map(|n| trail_event(busy, &format!("2026-0{}-{:02}T08:00:00Z", 4 + n / 31, 1 + n % 28), "192.0.2.1", None))
        .collect();
    events.push(trail_event(busy, "2026-06-20T08:00:00Z", "203.0.113.9", None));
    events.extend(
        (0..12).map(|n| trail_event(gone, &format!("2026-06-10T08:00:{n:02}Z"), "198.51.100.7", Some("AccessDenied"))),
    );
    events.push(trail_event(old, "2026-06-15T08:00:00Z", "192.0.2.2", None));
    events.push(trail_event(new, "2026-06-15T08:00:00Z", "192.0.2.2", None));
    events.push(trail_event(stranger, "2026-06-16T08:00:00Z", "198.51.100.7", None));
    // After the day of the audit.
    events.push(trail_event(idle, "2026-07-01T08:00:00Z", "192.0.2.1", None));
    sandbox.write("trail.json", json!({ "Records": events }).to_string());
    let event = |time: i64| {
        json!({"@timestamp": time, "_document_id": "fake", "action": "git.clone", "actor": "octocat",
            "actor_ip": "192.0.2.7", "programmatic_access_type": "Fine-grained personal access token",
            "token_id": 98716, "hashed_token": base64::engine::general_purpose::STANDARD.encode([7; 32])})
    };
    // 2026-05-01 and 2026-06-01.
    sandbox.write("github.jsonl", format!("{}\n{}\n", event(1_777_593_600_000), event(1_780_272_000_000)));
    ids
}

#[test]
fn call_logs_are_held_against_the_inventory() {
    let sandbox = Sandbox::repository();
    let [busy, gone, old, _, idle, stranger] = logs(&sandbox);
    let inventory = ["--inventory", "aws.csv", "github.json", "--calls", "trail.json", "github.jsonl"];
    let run = audit(&sandbox, &inventory);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let told: Vec<(&str, String, &str)> = run
        .findings()
        .iter()
        .filter(|finding| finding["check"].as_str().unwrap().starts_with("call-"))
        .map(|finding| {
            let subject = finding["key"].as_str().unwrap_or_else(|| finding["subject"].as_str().unwrap());
            (finding["check"].as_str().unwrap(), subject.to_owned(), finding["severity"].as_str().unwrap())
        })
        .collect();
    let wanted = [
        ("call-after-rotation", format!("aws/key/{old}"), "high"),
        ("call-burst", format!("aws/key/{gone}"), "high"),
        ("call-expired-key", "github/fine-grained-token/98716".to_owned(), "high"),
        ("call-new-source", format!("aws/key/{busy}"), "medium"),
        ("call-revoked-key", format!("aws/key/{gone}"), "medium"),
        ("call-unknown-key", format!("aws {stranger}"), "high"),
        ("call-unused", format!("aws/key/{idle}"), "low"),
    ];
    let mut sorted = told.clone();
    sorted.sort();
    assert_eq!(sorted, wanted, "{:#?}", run.json()["logs"]);
    // Each stands at its row of the inventory, and says from where.
    let revoked = findings(&run, "call-revoked-key")[0];
    assert_eq!((&revoked["places"][0]["path"], &revoked["places"][0]["line"]), (&"aws.csv".into(), &3.into()));
    assert!(revoked["message"].as_str().unwrap().contains("`198.51.100.7`"), "{}", revoked["message"]);
    let new = findings(&run, "call-new-source")[0]["message"].as_str().unwrap().to_owned();
    assert!(new.contains("203.0.113.9") && !new.contains("192.0.2.1 "), "{new}");
    // What logs tell counts where the inventory is asked for use, and as evidence for controls.
    assert_eq!(key(&run, &gone)["rotation"]["failed_attempts"], 12);
    let record =
        |id: &str| run.json()["checks"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!((&record("call-unused")["passed"], &record("call-unused")["failed"]), (&3.into(), &1.into()));
    assert_eq!(record("unused")["failed"], 0, "{}", record("unused"));
    let logs = run.json()["logs"].as_array().unwrap();
    let trail = logs.iter().find(|log| log["path"] == "trail.json").unwrap();
    assert_eq!((&trail["format"], &trail["rows"], &trail["bad"]), (&"aws-cloudtrail".into(), &77.into(), &0.into()));
    assert_eq!(trail["left"]["rows after the day of the audit"], 1);
    // A log in the folder that is scanned is no leak, and its order changes nothing.
    assert!(findings(&run, "leaked-active").is_empty() && findings(&run, "leaked-unmanaged").is_empty());
    let turned = ["--inventory", "aws.csv", "github.json", "--calls", "github.jsonl", "trail.json"];
    assert_eq!(audit(&sandbox, &turned).stdout, run.stdout);
    // What logs alone can tell is not resolved when nobody looks.
    std::fs::write(sandbox.home().join("before.json"), &run.stdout).unwrap();
    let before = sandbox.home().join("before.json");
    let later = audit(&sandbox, &["--inventory", "aws.csv", "github.json", "--previous", before.to_str().unwrap()]);
    let away = later.json()["changes"]["not_looked_at"].as_array().unwrap();
    assert_eq!(away.iter().filter(|one| one["check"].as_str().unwrap().starts_with("call-")).count(), 7);
}

#[test]
fn logs_of_any_origin_are_mapped_and_scopes_that_nobody_needs_are_named() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("acme.csv", "id,name,provider,created,scopes\nk1,Bot,acme,2026-05-01,\"orders:read, orders:write\"\n");
    let row = |day: &str| {
        json!({"auth": {"kid": "k1"}, "at": format!("{day}T10:00:00Z"), "peer": "192.0.2.1", "code": "DONE", "needs": "orders:read"}).to_string()
    };
    sandbox.write("gateway-1.jsonl", format!("{}\n{}\n", row("2026-05-01"), row("2026-06-20")));
    let mapping = "[[calls.mapping]]\nfiles = \"gateway-*\"\nprovider = \"acme\"\nsuccess = [\"done\"]\n\
        fields = { key-id = \"auth.kid\", time = \"at\", source = \"peer\", outcome = \"code\", scope = \"needs\" }\n";
    sandbox.write("keytrail.toml", mapping);
    let args = ["--no-scan", "--inventory", "acme.csv", "--calls", "gateway-1.jsonl"];
    let run = audit(&sandbox, &args);
    let idle = findings(&run, "scope-unused");
    assert_eq!(idle.len(), 1, "{} {:#?}", run.stderr, run.findings());
    assert!(idle[0]["message"].as_str().unwrap().contains("orders:write"), "{}", idle[0]["message"]);
    assert!(idle[0]["remedy"].as_str().unwrap().contains("`orders:read`"), "{}", idle[0]["remedy"]);
    assert!(findings(&run, "call-log").is_empty());
    // A longer time is asked for than the log covers.
    sandbox.write("keytrail.toml", format!("[calls]\nunused-days = 60\n{mapping}"));
    let run = audit(&sandbox, &args);
    assert!(findings(&run, "scope-unused").is_empty());
    let checks = run.json()["checks"].as_array().unwrap();
    let record = checks.iter().find(|check| check["id"] == "scope-unused").unwrap();
    assert_eq!(record["unknown_because"]["the logs cover too short a time"], 1);
}

#[test]
fn rows_of_logs_that_cannot_be_read_have_their_line_and_make_the_audit_incomplete() {
    let sandbox = Sandbox::repository();
    logs(&sandbox);
    let good = std::fs::read_to_string(sandbox.path("github.jsonl")).unwrap();
    sandbox
        .write("github.jsonl", format!("{good}{{\"@timestamp\": \"someday\", \"action\": \"x\", \"actor\": \"y\"}}\n"));
    let args = ["--no-scan", "--inventory", "github.json", "--calls", "github.jsonl"];
    let run = audit(&sandbox, &args);
    assert_eq!((run.code, &run.json()["complete"]), (2, &false.into()), "{}", run.stderr);
    let lost = findings(&run, "call-log");
    assert_eq!((lost.len(), &lost[0]["places"][0]["line"]), (1, &3.into()), "{lost:#?}");
    assert_eq!(lost[0]["subject"], "github.jsonl:3");
    let accepted = audit(&sandbox, &[&args[..], &["--allow-incomplete"]].concat());
    assert_eq!(accepted.code, 1);
    sandbox.write("odd.jsonl", "{\"colour\": \"red\"}\n");
    let odd = audit(&sandbox, &["--no-scan", "--inventory", "github.json", "--calls", "odd.jsonl"]);
    assert!(odd.code == 2 && odd.stderr.contains("`colour`"), "{}", odd.stderr);
}

#[test]
fn the_json_of_an_audit_is_written_in_every_format_that_audits_have() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let id = keys.of(AWS_ID);
    sandbox.write("deploy.env", format!("AWS_ACCESS_KEY_ID={id}\n"));
    sandbox.write("keys.json", aws(&[("ci", &id, "Active", "2026-01-01T00:00:00Z")]));
    sandbox.commit();
    let written = |format: &str| {
        let args = ["audit", "--inventory", "keys.json", "--as-of", NOW, "--format", format];
        sandbox.keytrail().args(args).output().unwrap().stdout
    };
    let saved = written("json");
    // Beside the tree, which is scanned.
    let [whole, cut] = ["audit.json", "cut.json"].map(|name| sandbox.home().join(name).to_str().unwrap().to_owned());
    std::fs::write(&whole, &saved).unwrap();
    std::fs::write(&cut, &saved[..saved.len() / 2]).unwrap();
    let report = |args: &[&str]| sandbox.keytrail().arg("report").arg(&whole).args(args).output().unwrap();
    for format in ["text", "json", "sarif", "csv", "markdown", "html", "junit", "github"] {
        let again = report(&["--format", format]);
        assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
        assert!(again.stdout == written(format), "{format}");
    }
    let files = report(&["-o", "out.sarif", "-o", "out.html"]);
    assert!(files.status.success() && files.stdout.is_empty());
    let sarif = std::fs::read(sandbox.path("out.sarif")).unwrap();
    for file in ["out.sarif", "out.html"] {
        std::fs::remove_file(sandbox.path(file)).unwrap();
    }
    assert_eq!(sarif, written("sarif"));
    let told = |output: std::process::Output| {
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = told(report(&["-o", "a.csv", "--format", "gitlab"]));
    assert!(said.contains("an audit, which cannot be written as gitlab") && said.contains("`sarif`"), "{said}");
    assert!(!sandbox.path("a.csv").exists());
    // What is wrong with a document is said once.
    for args in [&["report", &cut][..], &["audit", "--inventory", "keys.json", "--previous", &cut]] {
        let said = told(sandbox.keytrail().args(args).output().unwrap());
        assert_eq!(said.matches(" at line ").count(), 1, "{said}");
    }
    let said = told(sandbox.keytrail().args(["baseline", "update", "--report", &whole]).output().unwrap());
    assert!(said.contains("keytrail audit"), "{said}");
}

/// A trail of CloudTrail: calls of keys, each at a time; those with an error code were refused.
fn trail(calls: &[(&str, &str, Option<&str>)]) -> String {
    let records: Vec<Value> = calls
        .iter()
        .map(|(id, time, error)| {
            json!({"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "accessKeyId": id, "userName": "ci"},
                "eventTime": time, "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
                "sourceIPAddress": "192.0.2.1", "errorCode": error})
        })
        .collect();
    json!({ "Records": records }).to_string()
}

#[test]
fn calls_of_a_revoked_key_count_from_the_export_on() {
    let (sandbox, mut keys) = (Sandbox::new(), Keys::new());
    let id = keys.of(AWS_ID);
    let listing = aws(&[("ci", &id, "Inactive", "2026-05-01T00:00:00Z")]);
    sandbox.write("trail.json", trail(&[(&id, "2026-06-10T08:00:00Z", None), (&id, "2026-06-25T08:00:00Z", None)]));
    sandbox.write("keys.json", &listing);
    let args = ["--calls", "trail.json", "--no-scan"];
    let told = |more: &[&str]| {
        let run = audit(&sandbox, &[&args, more].concat());
        let about = findings(&run, "call-revoked-key");
        about.first().map(|finding| {
            assert_eq!(finding["severity"], "critical");
            let calls = finding["evidence"].as_array().unwrap().iter().find(|fact| fact["name"] == "calls").unwrap();
            calls["value"].as_str().unwrap().to_owned()
        })
    };
    // Nobody knows when the export was made: that is said where people look.
    assert_eq!(told(&["--inventory", "keys.json"]), None);
    for (format, wanted) in [
        ("text", "call-revoked-key: 1 key: nobody says when the inventory was exported"),
        ("markdown", "| `call-revoked-key` | 1 | nobody says when the inventory was exported"),
    ] {
        let all = [&["audit", "--inventory", "keys.json", "--as-of", NOW, "--format", format], &args[..]].concat();
        let said = String::from_utf8(sandbox.keytrail().args(all).output().unwrap().stdout).unwrap();
        assert!(said.contains("What call logs do not tell") && said.contains(wanted), "{said}");
    }
    let exported = |day: &str| told(&["--inventory", "keys.json", "--exported", day]);
    assert_eq!(exported("2026-06-01").as_deref(), Some("2"));
    // A day is meant to its end.
    assert_eq!((exported("2026-06-10").as_deref(), exported("2026-06-25")), (Some("1"), None));
    // What the file or the configuration says comes first.
    sandbox.write("answer.json", format!("HTTP/2 200\r\ndate: Sat, 20 Jun 2026 10:00:00 GMT\r\n\r\n{listing}"));
    assert_eq!(told(&["--inventory", "answer.json", "--exported", "2026-06-01"]).as_deref(), Some("1"));
    sandbox.write("keytrail.toml", "[[inventory.mapping]]\nfiles = \"k*.json\"\nexported = 2026-06-20\n");
    assert_eq!(told(&["--inventory", "keys.json", "--exported", "2026-06-01"]).as_deref(), Some("1"));
    std::fs::remove_file(sandbox.path("keytrail.toml")).unwrap();
    // A credential report knows users and dates, the listing beside it the ids.
    let headings = "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated,\
                    access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated";
    let row =
        "ci,arn:aws:iam::111122223333:user/ci,2023-01-01T00:00:00+00:00,false,2026-05-01T00:00:00+00:00,N/A,false,N/A";
    let report = base64::engine::general_purpose::STANDARD.encode(format!("{headings}\n{row}\n"));
    let answer = json!({"Content": report, "ReportFormat": "text/csv", "GeneratedTime": "2026-06-20T10:00:00+00:00"});
    sandbox.write("report.json", answer.to_string());
    assert_eq!(told(&["--inventory", "report.json", "--inventory", "keys.json"]).as_deref(), Some("1"));
    // A date of the revocation itself says more than that of an export.
    for (revoked, wanted) in [("2026-06-10", Some("1")), ("2026-06-10T07:00:00Z", Some("2")), ("yes", None)] {
        let table = format!("Provider,Kind,ID,Name,Revoked\naws,access-key,{id},ci,{revoked}\n");
        sandbox.write("table.csv", table);
        assert_eq!(told(&["--inventory", "table.csv"]).as_deref(), wanted, "{revoked}");
    }
    let run = audit(&sandbox, &[&args[..], &["--inventory", "table.csv", "--exported", "2026-06-20"]].concat());
    assert!(
        findings(&run, "call-revoked-key")[0]["message"].as_str().unwrap().contains("after an export of 2026-06-20")
    );
    // The log knows of a use of which the export knows nothing.
    let run = audit(&sandbox, &[&args[..], &["--inventory", "keys.json"]].concat());
    assert_eq!(key(&run, &id)["last_used"], "2026-06-25T08:00:00Z");
}

#[test]
fn a_call_log_is_no_inventory_and_says_so() {
    let (sandbox, mut keys) = (Sandbox::new(), Keys::new());
    let id = keys.of(AWS_ID);
    let whole = trail(&[(&id, "2026-06-10T08:00:00Z", None)]);
    let event = serde_json::from_str::<Value>(&whole).unwrap()["Records"][0].to_string();
    sandbox.write("trail.json", &whole);
    sandbox.write("trail.jsonl", format!("{event}\n{event}\n"));
    sandbox.write(
        "looked-up.json",
        json!({"Events": [{"EventId": "x", "AccessKeyId": id, "CloudTrailEvent": event}]}).to_string(),
    );
    sandbox.write("gateway.csv", "key_id,time,ip,endpoint,status\nk1,2026-06-10T08:00:00Z,192.0.2.1,/v1,200\n");
    for file in ["trail.json", "trail.jsonl", "looked-up.json", "gateway.csv"] {
        let output = sandbox.keytrail().args(["inventory", "show", file]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(2), "{file}: {said}");
        assert_eq!(said.matches("it is a call log").count(), 1, "{file}: {said}");
        assert!(said.contains("keytrail audit --calls"), "{said}");
        let run = audit(&sandbox, &["--inventory", file, "--no-scan"]);
        assert!(run.code == 2 && run.json()["keys"].as_array().unwrap().is_empty(), "{file}");
    }
    // A table of keys that has addresses and the state of each is one all the same.
    sandbox.write("keys.csv", "Key ID,Created at,IP,Status,Last used\nk1,2026-06-10,192.0.2.1,active,2026-06-11\n");
    assert_eq!(audit(&sandbox, &["--inventory", "keys.csv", "--no-scan"]).json()["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn every_result_of_the_sarif_has_a_place() {
    let (sandbox, mut keys) = (Sandbox::new(), Keys::new());
    let (known, stranger) = (keys.of(AWS_ID), keys.of(AWS_ID));
    sandbox.write("keys.json", aws(&[("ci", &known, "Active", "2026-05-01T00:00:00Z")]));
    let calls = [(&*known, "2026-06-10T08:00:00Z", None), (&*stranger, "2026-06-11T08:00:00Z", None)];
    let lines = calls.map(|call| serde_json::from_str::<Value>(&trail(&[call])).unwrap()["Records"][0].to_string());
    sandbox.write("trail.jsonl", lines.join("\n"));
    let args = [
        "audit",
        "--inventory",
        "keys.json",
        "--calls",
        "trail.jsonl",
        "--no-scan",
        "--as-of",
        NOW,
        "--format",
        "sarif",
    ];
    let output = sandbox.keytrail().args(args).output().unwrap();
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let place = |result: &Value| {
        let physical = &result["locations"][0]["physicalLocation"];
        (
            physical["artifactLocation"]["uri"].as_str().unwrap().to_owned(),
            physical["region"]["startLine"].as_u64().unwrap(),
        )
    };
    results.iter().for_each(|result| drop(place(result)));
    let unknown = results.iter().find(|result| result["ruleId"] == "call-unknown-key").unwrap();
    assert_eq!(place(unknown), ("trail.jsonl".to_owned(), 2));
}

#[test]
fn what_comes_after_the_day_of_the_audit_is_not_told_as_past() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let id = keys.of(AWS_ID);
    sandbox.write("deploy.env", format!("AWS_ACCESS_KEY_ID={id}\n"));
    commit_on(&sandbox, "2026-07-17");
    let inventory = sandbox.home().join("keys.csv");
    std::fs::write(
        &inventory,
        format!(
            "Provider,Kind,ID,Name,Created,Last rotated,Status\naws,access-key,{id},ci,2026-06-01,2026-08-01,active\n"
        ),
    )
    .unwrap();
    let run = audit(&sandbox, &["--inventory", inventory.to_str().unwrap(), "--history"]);
    assert!(findings(&run, "leaked-replaced").is_empty());
    let leaked = findings(&run, "leaked-active");
    let message = leaked[0]["message"].as_str().unwrap();
    assert!(message.starts_with("It has leaked, in a commit that is later than 2026-06-30, and"), "{message}");
    assert!(message.contains("made on 2026-06-01, 46 days before that"), "{message}");
    assert!(!message.contains("2026-08-01") && !leaked[0].to_string().contains("exposed for"), "{message}");
    // An earlier audit that is later than this one says nothing about it.
    let [later, args] = ["later.json", inventory.to_str().unwrap()].map(str::to_owned);
    let later = sandbox.home().join(later).to_str().unwrap().to_owned();
    let made = ["audit", "--inventory", &args, "--no-scan", "--as-of", "2026-09-01", "-o", &later];
    assert_ne!(sandbox.keytrail().args(made).output().unwrap().status.code(), Some(2));
    let output = sandbox
        .keytrail()
        .args(["audit", "--inventory", &args, "--no-scan", "--as-of", NOW, "--previous", &later])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("2026-09-01T23:59:59Z, which is later than"), "{said}");
}

#[test]
fn what_is_accepted_stays_in_every_report() {
    let sandbox = Sandbox::new();
    sandbox.write("keys.csv", "Provider,Name,ID,Created\nacme,Terminals,t1,2026-01-01\n");
    sandbox.write(
        "keytrail.toml",
        "[[audit.exception]]\ncheck = \"rotation-overdue\"\nkey = \"t1\"\nreason = \"replaced with the tills\"\n\
         owner = \"ann@example.com\"\nexpires = 2026-12-31\n",
    );
    for format in ["text", "json", "sarif", "csv", "markdown", "html", "junit"] {
        let args = ["audit", "--inventory", "keys.csv", "--no-scan", "--as-of", NOW, "--format", format];
        let said = String::from_utf8(sandbox.keytrail().args(args).output().unwrap().stdout).unwrap();
        assert!(said.contains("replaced with the tills"), "{format}: {said}");
        assert!(!matches!(format, "text" | "markdown") || !said.contains("Rotations"), "{format}: {said}");
        assert!(format != "text" || said.contains("ann@example.com accepts it until 2026-12-31"), "{said}");
    }
}

#[test]
fn a_file_of_another_repository_has_one_name() {
    let (sandbox, mut keys) = (Sandbox::repository(), Keys::new());
    let token = keys.token();
    std::fs::create_dir(sandbox.home().join("shop")).unwrap();
    sandbox.git(&["init", "-q", "-b", "main", "../home/shop"]);
    std::fs::write(sandbox.home().join("shop/x.env"), format!("T={token}\n")).unwrap();
    sandbox.git_in("../home/shop", &["add", "-A"]);
    sandbox.git_in("../home/shop", &["commit", "-q", "-m", "state"]);
    sandbox.write("own.env", format!("T={token}\n"));
    sandbox.write("keys.csv", "Provider,Name,ID,Created\nacme,a,1,2026-06-01\n");
    sandbox.commit();
    for history in [&[][..], &["--history"]] {
        let run = audit(&sandbox, &[&["--inventory", "keys.csv", ".", "../home/shop"], history].concat());
        let shared = findings(&run, "shared-repositories");
        let message = shared[0]["message"].as_str().unwrap();
        assert!(message.contains("`../home/shop`, `tree`"), "{message}");
        let places = shared[0]["leaks"][0]["places"].as_array().unwrap();
        let paths: Vec<&str> = places.iter().map(|place| place["artifact"]["path"].as_str().unwrap()).collect();
        assert!(paths.iter().all(|path| ["own.env", "../home/shop/x.env"].contains(path)), "{paths:?}");
    }
}

#[test]
fn a_mistake_of_the_configuration_has_its_place_and_what_was_meant() {
    let sandbox = Sandbox::new();
    sandbox.write("keys.csv", "Provider,Name,ID,Created\nacme,a,1,2026-01-01\n");
    let said = |command: &[&str]| {
        let output = sandbox.keytrail().args(command).args(["--inventory", "keys.csv"]).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for (text, place, wanted) in [
        ("[[inventory.mapping]]\nfiles = \"*.csv\"\ncolumns = { nme = \"Name\" }\n", ":3:13", "did you mean `name`"),
        ("[[calls.mapping]]\nfiles = \"*.csv\"\nfields = { key_id = \"Key\" }\n", ":3:12", "did you mean `key-id`"),
        ("[audit]\nstaff-file = \"none.txt\"\n", ":2:14", "the staff list `none.txt` cannot be read"),
    ] {
        sandbox.write("keytrail.toml", text);
        for command in [&["audit", "--no-scan"][..], &["schedule"]] {
            let (code, said) = said(command);
            assert_eq!(code, 2);
            assert!(said.contains(&format!("keytrail.toml{place}")) && said.contains(wanted), "{said}");
        }
    }
    // A schedule can do without the file, as an audit can.
    let (code, said) = said(&["schedule", "--no-config"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn an_owner_that_is_left_empty_is_none_and_one_that_is_left_out_is_unknown() {
    let sandbox = Sandbox::new();
    let told = |name: &str, text: &str| {
        sandbox.write(name, text);
        let run = audit(&sandbox, &["--inventory", name, "--no-scan"]);
        let check =
            run.json()["checks"].as_array().unwrap().iter().find(|check| check["id"] == "no-owner").unwrap().clone();
        ["failed", "unknown", "passed"].map(|count| check[count].as_u64().unwrap())
    };
    let rows = "acme,a,k1,,2026-06-01\nacme,b,k2,none,2026-06-01\nacme,c,k3,-,2026-06-01\n\
                acme,d,k4,unknown,2026-06-01\n\
                acme,e,k5,ann,2026-06-01\n";
    assert_eq!(told("keys.csv", &format!("Provider,Name,ID,Owner,Created\n{rows}")), [3, 1, 1]);
    assert_eq!(told("none.csv", "Provider,Name,ID,Created\nacme,a,k1,2026-06-01\n"), [0, 1, 0]);
    let owners = [
        "",
        r#","owner":null"#,
        r#","owner":"""#,
        r#","owner":[]"#,
        r#","user":null,"owner":"ann""#,
        r#","owner":["ann","bob"]"#,
    ];
    let rows: Vec<String> = (0..)
        .zip(owners)
        .map(|(number, owner)| format!(r#"{{"name":"a","id":"k{number}","created":"2026-06-01"{owner}}}"#))
        .collect();
    assert_eq!(told("keys.json", &format!("[{}]", rows.join(","))), [3, 1, 2]);
    // What was none comes back as none, and what was unknown as unknown.
    let output = sandbox.keytrail().args(["inventory", "convert", "keys.csv", "--format", "csv"]).output().unwrap();
    assert_eq!(told("again.csv", &String::from_utf8(output.stdout).unwrap()), [3, 1, 1]);
}
