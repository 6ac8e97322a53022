//! Tests of the checks: each on both sides of its threshold, and with what is not known.

use jiff::Timestamp;

use super::policy::Policy;
use super::policy::tests::policy;
use super::run::Usage;
use super::*;
use crate::inventory::key::{Field, Key, OwnerKind, Shown, Status};
use crate::inventory::{Inventory, Options};
use crate::secret::Secret;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A key of which only provider, id and the date of its making are known.
pub(crate) fn key(id: &str, created: &str) -> Key {
    let mut key = Key::new("acme".into(), "token".into());
    key.id = Field::Known(id.into());
    key.created = Field::Known(at(created));
    key
}

fn input<'a>(inventory: &'a Inventory, policy: &'a Policy, as_of: &str) -> Input<'a> {
    Input { inventory, policy, as_of: at(as_of), scan: None, told: Told::default() }
}

fn inventory(keys: &[Key]) -> Inventory {
    let mut inventory = Inventory::new(Options::default());
    for key in keys {
        inventory.push(key.clone());
    }
    inventory
}

pub(crate) fn audit(keys: &[Key], as_of: &str) -> Audit {
    audit_with(keys, &Policy::default(), as_of)
}

fn audit_with(keys: &[Key], policy: &Policy, as_of: &str) -> Audit {
    let inventory = inventory(keys);
    run(&input(&inventory, policy, as_of))
}

const NOW: &str = "2026-06-30T00:00:00Z";

/// What a check says of one key: `pass`, `fail`, `unknown`, or nothing where the question does not arise.
fn verdict_with(check: &str, key: &Key, policy: &Policy, as_of: &str) -> &'static str {
    let audit = audit_with(std::slice::from_ref(key), policy, as_of);
    let record = audit.checks.iter().find(|record| record.id == check).unwrap();
    let failed = audit.findings.iter().filter(|finding| finding.check == check).count() as u64;
    assert_eq!(failed, record.failed, "{check}");
    match (record.passed, record.failed, record.unknown) {
        (1, 0, 0) => "pass",
        (0, 1, 0) => "fail",
        (0, 0, 1) => "unknown",
        (0, 0, 0) => "apart",
        other => unreachable!("{other:?}"),
    }
}

fn verdict(check: &str, key: &Key) -> &'static str {
    verdict_with(check, key, &Policy::default(), NOW)
}

fn with(change: impl FnOnce(&mut Key)) -> Key {
    let mut key = Key::new("acme".into(), "token".into());
    change(&mut key);
    key
}

#[test]
fn rotation_is_overdue_when_the_last_day_of_the_period_is_over() {
    let key = key("a", "2026-01-01T00:00:00Z");
    let at = |as_of: &str| verdict_with("rotation-overdue", &key, &Policy::default(), as_of);
    assert_eq!((at("2026-04-01T23:59:59Z"), at("2026-04-02T00:00:00Z")), ("pass", "fail"));
    assert_eq!(verdict("rotation-overdue", &with(|_| {})), "unknown");
    let mut revoked = key.clone();
    revoked.status = Field::Known(Status::Revoked);
    assert_eq!(verdict("rotation-overdue", &revoked), "apart");
    let mut granted = key.clone();
    granted.basis = crate::inventory::key::Basis::Granted;
    let at = |as_of: &str| verdict_with("rotation-overdue", &granted, &Policy::default(), as_of);
    assert_eq!((at("2026-04-01T23:59:59Z"), at("2026-04-02T00:00:00Z")), ("unknown", "fail"));
    let mut stated = key.clone();
    stated.rotation_due = Field::Known("2026-02-01T00:00:00Z".parse().unwrap());
    let never = policy("[audit]\nrotation = \"never\"\n");
    assert_eq!(verdict_with("rotation-overdue", &stated, &never, "2026-02-01T23:59:59Z"), "pass");
    assert_eq!(verdict_with("rotation-overdue", &stated, &never, "2026-02-02T00:00:00Z"), "fail");
    assert_eq!(verdict_with("rotation-overdue", &key, &never, NOW), "apart");
}

#[test]
fn audit_and_schedule_agree_on_every_day() {
    let mut keys = Vec::new();
    for (name, made) in
        [("due", "2026-04-01T00:00:00Z"), ("noon", "2026-04-01T12:00:00Z"), ("old", "2026-03-31T23:59:59Z")]
    {
        keys.push(key(name, made));
    }
    let inventory = inventory(&keys);
    let policy = Policy::default();
    for day in ["2026-06-15", "2026-06-16", "2026-06-29", "2026-06-30", "2026-07-01", "2026-07-09"] {
        let date: jiff::civil::Date = day.parse().unwrap();
        let schedule = crate::schedule::Schedule::new(&inventory, &policy, date);
        let as_of = crate::config::value::Day(date).end().to_string();
        let audit = run(&input(&inventory, &policy, &as_of));
        for entry in &schedule.entries {
            let record = &audit.keys[entry.key];
            let named = |check: &str| {
                let its = |finding: &&crate::audit::Finding| finding.key.as_ref() == Some(&record.key);
                audit.findings.iter().filter(its).any(|finding| finding.check == check)
            };
            let told = (record.rotation.days_left, named("rotation-overdue"), named("rotation-due-soon"));
            let state = entry.state;
            let wanted =
                (Some(entry.days), state == crate::schedule::State::Overdue, state == crate::schedule::State::Soon);
            assert_eq!(told, wanted, "{} on {day}", record.label);
        }
    }
    // Ninety days are allowed, and so the key is in time on the ninetieth.
    let audit = run(&input(&inventory, &policy, "2026-06-30T23:59:59Z"));
    let said = |name: &str| audit.findings.iter().find(|finding| finding.subject == name).unwrap();
    assert_eq!(said("due").message.as_str(), "It is to be replaced by 2026-06-30, today: its 90 days are over then.");
    let old = said("old");
    assert!(
        old.check == "rotation-overdue" && old.message.contains("91 days ago; 90 days are allowed"),
        "{}",
        old.message
    );
}

#[test]
fn a_key_that_its_provider_has_seen_leaked_is_replaced_at_once() {
    let mut leaked = key("old", "2026-06-01T00:00:00Z");
    leaked.status = Field::Known(Status::Leaked);
    let step = |keys: &[Key]| {
        let rotation = &audit(keys, NOW).keys[0].rotation;
        (rotation.step, rotation.next.to_string())
    };
    assert_eq!(
        step(std::slice::from_ref(&leaked)),
        (Step::Generate, "replace and revoke it now: its provider has seen it leaked".into())
    );
    let mut new = key("new", "2026-06-20T00:00:00Z");
    new.supersedes = Field::Known("old".into());
    let (step, next) = step(&[leaked, new]);
    assert!(step == Step::Revoke && next.starts_with("revoke it now"), "{next}");
}

#[test]
fn an_accepted_rotation_does_not_come_next() {
    let policy = policy(
        "[[audit.exception]]\ncheck = \"rotation-overdue\"\nkey = \"a\"\nreason = \"legacy\"\nexpires = 2026-12-31\n",
    );
    let rotation =
        |as_of: &str| audit_with(&[key("a", "2026-01-01T00:00:00Z")], &policy, as_of).keys[0].rotation.clone();
    let accepted = rotation(NOW);
    assert_eq!(accepted.step, Step::Schedule);
    assert!(accepted.next.contains("accepted until 2026-12-31 (legacy)"), "{}", accepted.next);
    // The exception is about overdue keys, and ends.
    assert_eq!(rotation("2026-04-01T00:00:00Z").step, Step::Generate);
    assert_eq!(rotation("2027-01-01T00:00:00Z").step, Step::Generate);
}

#[test]
fn rotation_is_announced_from_the_notice_to_the_day() {
    let key = key("a", "2026-01-01T00:00:00Z");
    let at = |as_of: &str| verdict_with("rotation-due-soon", &key, &Policy::default(), as_of);
    assert_eq!((at("2026-03-17T23:59:59Z"), at("2026-03-18T00:00:00Z")), ("pass", "fail"));
    assert_eq!((at("2026-04-01T23:59:59Z"), at("2026-04-02T00:00:00Z")), ("fail", "pass"));
    assert_eq!(verdict("rotation-due-soon", &with(|_| {})), "apart");
}

#[test]
fn only_what_is_said_never_to_have_been_rotated_never_was() {
    let made = |field: Field<Timestamp>| {
        let mut key = key("a", "2026-04-01T00:00:00Z");
        key.rotated = field;
        key
    };
    let judge = |field, as_of: &str| verdict_with("never-rotated", &made(field), &Policy::default(), as_of);
    assert_eq!(judge(Field::Empty, "2026-06-30T23:59:59Z"), "pass");
    assert_eq!(judge(Field::Empty, "2026-07-01T00:00:00Z"), "fail");
    assert_eq!(judge(Field::Unknown, "2027-06-30T00:00:01Z"), "unknown");
    assert_eq!(judge(Field::Known(at("2026-04-02T00:00:00Z")), "2027-06-30T00:00:01Z"), "pass");
    assert_eq!(verdict("never-rotated", &with(|key| key.rotated = Field::Empty)), "fail");
}

#[test]
fn expiry() {
    let key = |status, expires| {
        with(|key| {
            key.status = status;
            key.expires = expires;
        })
    };
    let active = Field::Known(Status::Active);
    let (now, later) = (Field::Known(at(NOW)), Field::Known(at("2026-06-30T00:00:01Z")));
    assert_eq!(verdict("expired-active", &key(active, now)), "fail");
    assert_eq!(verdict("expired-active", &key(active, later)), "pass");
    assert_eq!(verdict("expired-active", &key(active, Field::Empty)), "pass");
    assert_eq!(verdict("expired-active", &key(active, Field::Unknown)), "unknown");
    assert_eq!(verdict("expired-active", &key(Field::Unknown, now)), "unknown");
    assert_eq!(verdict("expired-active", &key(Field::Known(Status::Revoked), now)), "apart");
    assert_eq!(verdict("no-expiry", &key(active, Field::Empty)), "fail");
    assert_eq!(verdict("no-expiry", &key(active, later)), "pass");
    assert_eq!(verdict("no-expiry", &key(active, Field::Unknown)), "unknown");
    let life = |until: &str| {
        let mut key = key(active, Field::Known(at(until)));
        key.created = Field::Known(at("2026-06-01T00:00:00Z"));
        verdict("life-too-long", &key)
    };
    assert_eq!((life("2027-06-01T23:59:59Z"), life("2027-06-02T00:00:00Z")), ("pass", "fail"));
    assert_eq!(verdict("life-too-long", &key(active, later)), "unknown");
}

#[test]
fn use_and_unknown_use() {
    let used = |last_used| with(|key| key.last_used = last_used);
    let judge = |key: &Key, as_of: &str| verdict_with("unused", key, &Policy::default(), as_of);
    let known = used(Field::Known(at("2026-01-01T00:00:00Z")));
    assert_eq!(judge(&known, "2026-04-01T23:59:59Z"), "pass");
    assert_eq!(judge(&known, "2026-04-02T00:00:00Z"), "fail");
    // Never used is judged by age; unknown use is not judged at all.
    let mut never = used(Field::Empty);
    assert_eq!(judge(&never, NOW), "unknown");
    never.created = Field::Known(at("2026-01-01T00:00:00Z"));
    assert_eq!(judge(&never, "2026-04-01T23:59:59Z"), "pass");
    assert_eq!(judge(&never, "2026-04-02T00:00:00Z"), "fail");
    let mut unknown = key("a", "2016-01-01T00:00:00Z");
    assert_eq!(judge(&unknown, NOW), "unknown");
    unknown.unused_days = Some(90);
    assert_eq!(judge(&unknown, NOW), "fail");
    unknown.unused_days = Some(89);
    assert_eq!(judge(&unknown, NOW), "unknown");
}

#[test]
fn a_log_of_calls_counts_as_use() {
    let inventory = inventory(&[with(|key| key.last_used = Field::Known(at("2026-01-01T00:00:00Z")))]);
    let policy = Policy::default();
    let mut input = input(&inventory, &policy, NOW);
    let failed = |audit: &Audit| audit.findings.iter().any(|finding| finding.check == "unused");
    assert!(failed(&run(&input)));
    input.told.usage.insert(0, Usage { last: Some(at("2026-06-01T00:00:00Z")), ..Usage::default() });
    assert!(!failed(&run(&input)));
}

#[test]
fn status_and_owner() {
    let status = |status| verdict("inactive-not-deleted", &with(|key| key.status = status));
    assert_eq!(status(Field::Known(Status::Inactive)), "fail");
    assert_eq!(status(Field::Known(Status::Revoked)), "pass");
    assert_eq!(status(Field::Known(Status::Active)), "pass");
    assert_eq!(status(Field::Unknown), "unknown");
    assert_eq!(verdict("leaked-reported", &with(|key| key.status = Field::Known(Status::Leaked))), "fail");
    assert_eq!(verdict("leaked-reported", &with(|key| key.status = Field::Known(Status::Active))), "apart");
    let owner = |owner| verdict("no-owner", &with(|key| key.owner = owner));
    assert_eq!(
        (owner(Field::Empty), owner(Field::Unknown), owner(Field::Known("a".into()))),
        ("fail", "unknown", "pass")
    );
    let staff = policy("[audit]\nstaff = [\"ann@example.com\"]\n");
    let left = |owner: &str, kind| {
        let key = with(|key| {
            key.owner = Field::Known(owner.into());
            key.owner_kind = kind;
        });
        verdict_with("owner-left", &key, &staff, NOW)
    };
    assert_eq!(left("ann@example.com", OwnerKind::User), "pass");
    assert_eq!(left("eve@example.com", OwnerKind::User), "fail");
    assert_eq!(left("eve@example.com", OwnerKind::Unknown), "fail");
    assert_eq!(left("deploy", OwnerKind::Unknown), "unknown");
    assert_eq!(left("deploy", OwnerKind::Service), "apart");
    assert_eq!(verdict("owner-left", &with(|key| key.owner = Field::Known("eve@example.com".into()))), "apart");
}

#[test]
fn reviews_are_asked_for_only_where_the_policy_does() {
    let yearly = policy("[audit]\nreview = 365\n");
    let judge = |key: &Key, as_of: &str| verdict_with("review-overdue", key, &yearly, as_of);
    let reviewed = with(|key| key.reviewed = Field::Known(at("2025-01-01T00:00:00Z")));
    assert_eq!(verdict("review-overdue", &reviewed), "apart");
    assert_eq!(judge(&reviewed, "2026-01-01T23:59:59Z"), "pass");
    assert_eq!(judge(&reviewed, "2026-01-02T00:00:00Z"), "fail");
    assert_eq!(judge(&with(|_| {}), NOW), "unknown");
    assert_eq!(judge(&with(|key| key.reviewed = Field::Empty), NOW), "fail");
}

#[test]
fn integrations_and_restrictions() {
    let used_by = |names: &[&str]| {
        with(|key| {
            key.integrations = Field::Empty;
            names.iter().for_each(|name| Key::add_to(&mut key.integrations, *name));
        })
    };
    let judge = |key: &Key| verdict("shared-integrations", key);
    assert_eq!(judge(&used_by(&[])), "pass");
    assert_eq!(judge(&used_by(&["billing", "Billing"])), "pass");
    assert_eq!(judge(&used_by(&["billing", "orders"])), "fail");
    assert_eq!(judge(&with(|_| {})), "unknown");
    assert_eq!(verdict("no-restriction", &with(|key| key.restrictions = Field::Empty)), "fail");
    assert_eq!(verdict("no-restriction", &with(|key| Key::add_to(&mut key.restrictions, "10.0.0.0/8"))), "pass");
    assert_eq!(verdict("no-restriction", &with(|_| {})), "unknown");
}

#[test]
fn an_old_key_may_work_for_the_overlap() {
    let old = key("old", "2026-01-01T00:00:00Z");
    let mut new = key("new", "2026-06-01T00:00:00Z");
    new.supersedes = Field::Known("old".into());
    let failed = |new: &Key, as_of: &str| {
        let audit = audit(&[old.clone(), new.clone()], as_of);
        audit.findings.iter().any(|finding| finding.check == "old-key-active")
    };
    assert!(!failed(&new, "2026-06-08T23:59:59Z"));
    assert!(failed(&new, "2026-06-09T00:00:00Z"));
    new.status = Field::Known(Status::Revoked);
    assert!(!failed(&new, "2026-06-09T00:00:00Z"));
}

#[test]
fn scopes_are_judged_by_catalogue_policy_and_use() {
    let scoped = |scopes: &[&str]| {
        let mut key = Key::new("github".into(), "token".into());
        key.scopes = Field::Empty;
        scopes.iter().for_each(|scope| Key::add_to(&mut key.scopes, *scope));
        key
    };
    assert_eq!(verdict("scope-broad", &scoped(&["admin:org"])), "fail");
    assert_eq!(verdict("scope-broad", &scoped(&["contents:read"])), "pass");
    assert_eq!(verdict("scope-broad", &scoped(&[])), "pass");
    assert_eq!(verdict("scope-broad", &Key::new("github".into(), "token".into())), "unknown");
    let severity = |key: &Key| {
        let audit = audit(std::slice::from_ref(key), NOW);
        audit.findings.iter().find(|finding| finding.check == "scope-broad").map(|finding| finding.severity)
    };
    let mut repo = scoped(&["repo"]);
    assert_eq!(severity(&repo), Some(Severity::Medium));
    Key::add_to(&mut repo.resources, "acme/shop");
    assert_eq!(severity(&repo), Some(Severity::Low));
    let allowed = policy("[[audit.allowed-scopes]]\nprovider = \"github\"\nscopes = [\"*:read\"]\n");
    let judge = |key: &Key| verdict_with("scope-not-allowed", key, &allowed, NOW);
    assert_eq!((judge(&scoped(&["issues:read"])), judge(&scoped(&["issues:write"]))), ("pass", "fail"));
    assert_eq!(verdict("scope-not-allowed", &scoped(&["issues:write"])), "apart");
}

#[test]
fn a_key_in_its_own_inventory_is_never_shown() {
    let value = ["correct", "horse", "battery", "staple", "4711"].join("-");
    let key = with(|key| key.shown.push(Shown::Plain(Secret::new(value.clone().into_bytes()))));
    assert_eq!(verdict("key-in-inventory", &key), "fail");
    assert_eq!(verdict("key-in-inventory", &with(|_| {})), "pass");
    let audit = audit(&[key], NOW);
    let text = serde_json::to_string(&audit).unwrap();
    assert!(!text.contains("horse") && !text.contains("battery"), "{text}");
}

#[test]
fn exceptions_excuse_expire_and_are_missed() {
    let policy = policy(
        "[[audit.exception]]\ncheck = \"rotation-overdue\"\nkey = \"a\"\nreason = \"legacy\"\nowner = \"ann\"\n\
         expires = 2026-06-29\n\
         [[audit.exception]]\ncheck = \"unused\"\nkey = \"zzz\"\nreason = \"nothing\"\n",
    );
    let key = key("a", "2026-01-01T00:00:00Z");
    let audit = audit_with(std::slice::from_ref(&key), &policy, "2026-06-29T12:00:00Z");
    let overdue = audit.findings.iter().find(|finding| finding.check == "rotation-overdue").unwrap();
    let accepted = overdue.accepted.clone().unwrap();
    assert_eq!((accepted.reason.as_str(), accepted.expires.as_deref()), ("legacy", Some("2026-06-29")));
    assert_eq!((audit.summary.findings, audit.summary.accepted), (1, 1));
    let missed = audit.findings.iter().find(|finding| finding.check == "exception-unused").unwrap();
    assert_eq!((missed.places[0].path.as_str(), missed.places[0].line), ("keytrail.toml", 8));
    let audit = audit_with(&[key], &policy, NOW);
    let expired = audit.findings.iter().find(|finding| finding.check == "exception-expired").unwrap();
    assert!(expired.message.contains("2026-06-29") && expired.message.contains("ann"), "{}", expired.message);
    assert!(audit.findings.iter().any(|finding| finding.check == "rotation-overdue" && finding.is_open()));
}

#[test]
fn controls_pass_fail_and_say_what_is_not_known() {
    let mut aws = Key::new("aws".into(), "access-key".into());
    aws.id = Field::Known("one".into());
    aws.created = Field::Known(at("2026-06-01T00:00:00Z"));
    let outcome = |keys: &[Key], framework: &str, id: &str| {
        let audit = audit(keys, NOW);
        let found =
            audit.controls.into_iter().find(|control| control.framework.starts_with(framework) && control.id == id);
        found.unwrap()
    };
    let good = outcome(std::slice::from_ref(&aws), "CIS AWS", "1.13");
    // Whether it was ever rotated is not known, so that this is no clean pass.
    assert_eq!((good.outcome, good.judged, good.failed), (Outcome::Unknown, 2, 0));
    let mut overdue = aws.clone();
    overdue.created = Field::Known(at("2026-01-01T00:00:00Z"));
    let bad = outcome(&[overdue], "CIS AWS", "1.13");
    assert_eq!((bad.outcome, bad.failed, bad.findings.iter().count()), (Outcome::Fail, 1, 1));
    aws.rotated = Field::Known(at("2026-06-01T00:00:00Z"));
    assert_eq!(outcome(&[aws], "CIS AWS", "1.13").outcome, Outcome::Pass);
    // A benchmark of one provider says nothing about the keys of another.
    assert_eq!(outcome(&[key("a", "2020-01-01T00:00:00Z")], "CIS AWS", "1.13").outcome, Outcome::NotApplicable);
}

#[test]
fn a_rotation_has_its_next_step() {
    let step = |keys: &[Key], as_of: &str| {
        let rotation = &audit(keys, as_of).keys[0].rotation;
        (rotation.step, rotation.next.clone())
    };
    let mut old = key("old", "2026-01-01T00:00:00Z");
    assert_eq!(step(&[old.clone()], "2026-02-01T00:00:00Z").0, Step::Schedule);
    assert_eq!(step(&[old.clone()], "2026-03-20T00:00:00Z").0, Step::Generate);
    let (late, next) = step(&[old.clone()], "2026-04-11T00:00:00Z");
    assert!(late == Step::Generate && next.contains("2026-04-01, 10 days ago"), "{next}");
    assert_eq!(step(&[with(|_| {})], NOW).0, Step::Schedule);
    let mut new = key("new", "2026-04-01T00:00:00Z");
    new.supersedes = Field::Known("old".into());
    assert_eq!(step(&[old.clone(), new.clone()], "2026-04-02T00:00:00Z").0, Step::Verify);
    old.last_used = Field::Known(at("2026-03-01T00:00:00Z"));
    assert_eq!(step(&[old.clone(), new.clone()], "2026-04-02T00:00:00Z").0, Step::Revoke);
    old.last_used = Field::Known(at("2026-04-01T12:00:00Z"));
    assert_eq!(step(&[old.clone(), new.clone()], "2026-04-02T00:00:00Z").0, Step::Verify);
    old.status = Field::Known(Status::Inactive);
    assert_eq!(step(&[old.clone(), new.clone()], NOW).0, Step::Revoke);
    old.status = Field::Known(Status::Revoked);
    assert_eq!(step(&[old, new], NOW).0, Step::Done);
}

#[test]
fn equal_input_gives_equal_audits() {
    let keys: Vec<Key> = (0..50).map(|n| key(&format!("k{n}"), "2026-01-01T00:00:00Z")).collect();
    let text = |audit: &Audit| serde_json::to_string(audit).unwrap();
    assert_eq!(text(&audit(&keys, NOW)), text(&audit(&keys, NOW)));
}
