//! Reports made by hand, for the tests of the formats. No value in them is or resembles a key: each is one short word
//! repeated.

#![allow(clippy::unwrap_used, dead_code)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::finding::{
    Allowance, Artifact, Commit, Confidence, Fact, Finding, History, Known, Location, Part, Position, Reach, Region,
    Severity, Snippet, Verification,
};
use crate::report::{Comparison, Coverage, Notice, NoticeKind, Objects, Report, RuleInfo, VersionControl};
use crate::secret::{FingerprintKey, Secret};

/// A word repeated to 40 bytes: stands for a key.
pub fn planted(word: &str) -> Vec<u8> {
    word.bytes().cycle().take(40).collect()
}

pub fn rule(id: &str, provider: &str, severity: Severity, cwe: u32) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        title: format!("{provider} sample token"),
        provider: provider.to_owned(),
        description: format!("Opens everything that its owner may do at {provider}."),
        severity,
        revoke: Some(format!("https://example.com/{id}/revoke")),
        references: vec![format!("https://example.com/{id}/docs")],
        cwe,
    }
}

/// A place of a secret on a line `before` + value + `after`, with one line above it.
pub fn place(artifact: Artifact, line: u32, before: &str, secret: &Secret, after: &str) -> Location {
    let shown = secret.redacted();
    let above = "# settings\n";
    let column = 1 + before.encode_utf16().count() as u32;
    let length = secret.expose().len();
    let start = above.len() + before.len();
    Location {
        line_hash: FingerprintKey::default().digest("line", before.as_bytes()).to_string(),
        artifact,
        region: Region {
            start: Position { line, column },
            end: Position { line, column: column + length as u32 },
            byte_offset: u64::from(line) * 40,
            byte_length: length as u64,
        },
        snippet: Snippet {
            first_line: line - 1,
            text: format!("{above}{before}{shown}{after}"),
            start,
            end: start + shown.len(),
        },
        part: None,
        history: None,
        allowed: None,
    }
}

pub fn finding(
    rule: &str,
    value: Vec<u8>,
    severity: Severity,
    confidence: Confidence,
    places: impl Fn(&Secret) -> Vec<Location>,
) -> Finding {
    let secret = Secret::new(value);
    Finding {
        rule: rule.to_owned(),
        fingerprint: secret.fingerprint(rule, false, &FingerprintKey::default()).into(),
        severity,
        confidence,
        verification: None,
        notes: Vec::new(),
        parts: Vec::new(),
        locations: places(&secret),
        known: None,
        secret: secret.into(),
    }
}

/// A report without findings, of a complete scan.
pub fn empty() -> Report {
    Report {
        findings: Vec::new(),
        rules: BTreeMap::new(),
        below_confidence: 0,
        min_confidence: Confidence::Medium,
        coverage: Coverage { files: 12, members: 0, bytes: 34_567, notices: Vec::new(), objects: None },
        baseline: None,
        version_control: None,
        root: PathBuf::from("/home/user/project"),
        tool: crate::report::json::Tool::current(),
        command: "scan".into(),
        exit_code: 0,
        elapsed: Duration::from_millis(210),
        show_secrets: false,
    }
}

/// A report of `count` findings, each with a place of its own.
pub fn many(count: u32) -> Report {
    let mut report = empty();
    report.rules.insert("sample-token".to_owned(), rule("sample-token", "Sample", Severity::High, 798));
    report.exit_code = u8::from(count > 0);
    report.findings = (0..count)
        .map(|n| {
            finding("sample-token", planted(&format!("planted{n}-")), Severity::High, Confidence::High, |secret| {
                vec![place(Artifact::file(format!("src/module{:04}.py", n / 10)), 3 + n % 10, "token = '", secret, "'")]
            })
        })
        .collect();
    report
}

/// A report with every feature that a format has to render.
pub fn full() -> Report {
    let mut report = empty();
    for rule in [
        rule("alpha-token", "Alpha", Severity::Critical, 798),
        rule("beta-secret", "Beta Cloud", Severity::High, 798),
        RuleInfo { revoke: None, references: Vec::new(), ..rule("gamma", "Gamma", Severity::Medium, 321) },
    ] {
        report.rules.insert(rule.id.clone(), rule);
    }
    let file = |path: &str| Artifact::file(path);

    // One place, verified.
    let mut single = finding("alpha-token", planted("single-"), Severity::Critical, Confidence::Confirmed, |secret| {
        vec![place(file("src/app/[id].tsx"), 3, "const token = \"", secret, "\";")]
    });
    single.verification = Some(Verification {
        what: "CRC-32 checksum".to_owned(),
        facts: vec![
            Fact { name: "account".to_owned(), value: "1234".to_owned() },
            Fact { name: "expires".to_owned(), value: "2031-01-01".to_owned() },
        ],
    });

    // Two halves, a public and a secret one.
    let mut parts = finding("beta-secret", planted("several-"), Severity::High, Confidence::High, |secret| {
        vec![place(file("config/beta.env"), 8, "BETA_SECRET=", secret, "")]
    });
    for (role, word, is_secret, line) in [("id", "public-id-", false, 7), ("token", "third-half-", true, 9)] {
        let value = Secret::new(planted(word));
        let location = place(file("config/beta.env"), line, "BETA_OTHER=", &value, "");
        parts.parts.push(Part {
            rule: "beta-id".to_owned(),
            role: role.to_owned(),
            value: value.into(),
            is_secret,
            location,
        });
    }
    parts.notes.push("The key is limited to one bucket.".to_owned());

    // Many places, one of them allowed, one in a notebook, one in an archive inside an archive.
    let places = finding("alpha-token", planted("everywhere-"), Severity::High, Confidence::Medium, |secret| {
        let mut places = vec![place(file("a.py"), 2, "key = '", secret, "'  # keytrail:allow sample")];
        places[0].allowed = Some(Allowance {
            marker: "keytrail:allow".to_owned(),
            reason: Some("sample data".to_owned()),
            configured: false,
        });
        places.extend((1..=7).map(|n| place(Artifact::file(format!("b{n}.py")), 2 + n, "key = '", secret, "'")));
        let mut notebook = place(file("explore.ipynb"), 40, "    \"key = '", secret, "'\\n\",");
        notebook.part = Some("cell 3".to_owned());
        places.push(notebook);
        places.push(place(
            file("dist/app.zip").member("lib/inner.tar").member("etc/app #1.conf"),
            2,
            "key=",
            secret,
            "",
        ));
        places
    });

    // Only inside an archive.
    let member = finding("gamma", planted("archived-"), Severity::Medium, Confidence::Medium, |secret| {
        vec![place(file("dist/app.zip").member("inner/settings.py"), 5, "KEY = ", secret, "")]
    });

    // Only in a notebook.
    let notebook = finding("gamma", planted("notebook-"), Severity::Low, Confidence::Low, |secret| {
        let mut location = place(file("explore.ipynb"), 12, "\t\"key = '", secret, "'\\n\",");
        location.part = Some("cell 1".to_owned());
        vec![location]
    });

    // Allowed in its only place.
    let allowed = finding("gamma", planted("allowed-"), Severity::Medium, Confidence::High, |secret| {
        let mut location = place(file("tests/data.py"), 6, "KEY = '", secret, "'  # keytrail:allow");
        location.allowed = Some(Allowance { marker: "keytrail:allow".to_owned(), reason: None, configured: false });
        vec![location]
    });

    // A value that is not UTF-8, in a file whose name needs every kind of care.
    let mut bytes = planted("binary-");
    bytes[20] = 0xff;
    let odd = finding("gamma", bytes, Severity::Note, Confidence::Medium, |secret| {
        vec![place(file("ключи/a b#c?d%20\\e`f`.txt"), 4, "пароль = \"", secret, "\" 👩‍💻")]
    });

    // Control characters everywhere.
    let mut hostile = finding("alpha-token", planted("hostile-"), Severity::Critical, Confidence::High, |secret| {
        let mut location =
            place(file("evil\x1b]0;title\x07\u{9b}31m\u{202e}.py"), 3, "\x1b[2J\u{202e}x = \t'", secret, "'\r");
        location.snippet.text.push_str("\n\x1b[31mred\u{2028}\x00");
        vec![location]
    });
    hostile.notes.push("Says \x1b[1mthis\nand that\u{9d}.".to_owned());

    report.findings = vec![places, parts, member, hostile, notebook, single, allowed, odd];
    report.below_confidence = 2;
    report.coverage = Coverage {
        objects: None,
        files: 1204,
        members: 48,
        bytes: 12_345_678,
        notices: vec![
            notice(Some(file("a/secret.txt")), NoticeKind::Unreadable, "permission denied", None),
            notice(Some(file("b.zip").member("x/y.txt")), NoticeKind::Encrypted, "it needs a password", None),
            notice(
                Some(file("bomb.zip")),
                NoticeKind::TooLarge,
                "it would expand to more than 1 GiB",
                Some("raise --max-archive-size"),
            ),
            notice(Some(file("evil\x1b[31m.bin")), NoticeKind::Skipped, "larger than --max-file-size\u{7}", None),
            notice(Some(file("socket")), NoticeKind::Skipped, "it is a socket", None),
            notice(None, NoticeKind::Malformed, "the index of the repository is damaged", None),
        ],
    };
    report.version_control = Some(VersionControl {
        repository: Some("https://example.com/team/project.git".to_owned()),
        revision: Some("0".repeat(40)),
        branch: Some("main".to_owned()),
        folder: None,
        top: None,
    });
    report.exit_code = 2;
    report
}

/// An object's id: one digit repeated.
pub fn id(digit: char) -> String {
    digit.to_string().repeat(40)
}

pub fn commit(digit: char, date: &str, subject: &str) -> Commit {
    Commit {
        id: id(digit),
        author: "Ann Example <ann@example.com>".to_owned(),
        date: format!("{date}T12:00:00+02:00"),
        subject: subject.to_owned(),
    }
}

/// A history at HEAD, which `main` and `next` hold.
pub fn history(object: char, introduced: Option<Commit>) -> History {
    History {
        object: id(object),
        versions: Vec::new(),
        introduced,
        last: None,
        at_head: true,
        reach: Reach::Reference,
        branches: vec!["main".to_owned(), "next".to_owned()],
    }
}

/// Gives the places of a secret, each with its history, if it has one.
type Placed<'a> = &'a dyn Fn(&Secret) -> Vec<(Location, Option<History>)>;

/// A report of a scan with history: a finding for each way in which a secret can stand in one.
pub fn historic() -> Report {
    let mut report = empty();
    for rule in [
        rule("alpha-token", "Alpha", Severity::Critical, 798),
        RuleInfo { revoke: None, references: Vec::new(), ..rule("gamma", "Gamma", Severity::Medium, 321) },
    ] {
        report.rules.insert(rule.id.clone(), rule);
    }
    let alpha = |word: &str, severity, places: Placed| {
        finding("alpha-token", planted(word), severity, Confidence::High, |secret| {
            let placed =
                |(place, history): (Location, Option<History>)| Location { history: history.map(Box::new), ..place };
            places(secret).into_iter().map(placed).collect()
        })
    };
    let file = |path: &str, line: u32, secret: &Secret| place(Artifact::file(path), line, "key = '", secret, "'");
    let first = || commit('1', "2024-05-01", "Add the settings");

    // In a blob that no commit holds.
    let loose = alpha("loose-", Severity::Critical, &|secret| {
        let history = History { at_head: false, reach: Reach::Unreachable, branches: Vec::new(), ..history('b', None) };
        vec![(file(&format!(".git/blob/{}", id('b')), 9, secret), Some(history))]
    });

    // In the message of a commit that only a reflog has.
    let message = alpha("message-", Severity::High, &|secret| {
        let by = Commit {
            author: "Eve \x1b[31m[x](y) <eve@example.com>".to_owned(),
            ..commit('e', "2024-08-09", "Use \u{202e}`key` {0}\nnow")
        };
        let history = History {
            at_head: false,
            reach: Reach::Reflog,
            branches: Vec::new(),
            last: Some(by.clone()),
            ..history('e', Some(by))
        };
        vec![(file(&format!(".git/commit/{}/message", id('e')), 2, secret), Some(history))]
    });

    // In the working tree, there also at HEAD, in an older file, and in an archive of the past.
    let tree = alpha("everywhere-", Severity::Critical, &|secret| {
        let older = History {
            at_head: false,
            last: Some(commit('2', "2024-06-01", "Move the settings")),
            ..history('c', Some(first()))
        };
        let archive = Artifact::file("dist/old.zip").member("conf/app.ini");
        let since = Some(commit('2', "2024-06-01", "Move the settings"));
        vec![
            (place(archive, 2, "key=", secret, ""), Some(older.clone())),
            (file("settings.py", 4, secret), Some(older)),
            (file("src/settings.py", 5, secret), None),
            (file("src/settings.py", 4, secret), Some(history('d', since))),
        ]
    });

    // Gone from HEAD, on two branches and many tags.
    let gone = alpha("removed-", Severity::Critical, &|secret| {
        let branches = ["legacy", "next", "v1", "v2", "v3", "v4\x1b[0m", "v5"];
        let history = History {
            versions: vec![id('3'), id('4'), id('5')],
            last: Some(commit('6', "2024-07-01", "Clean up")),
            at_head: false,
            branches: branches.map(str::to_owned).to_vec(),
            ..history('3', Some(first()))
        };
        vec![(file("conf/old [1].env", 3, secret), Some(history))]
    });

    // At HEAD, while the working tree was not scanned or does not hold it.
    let head = finding("gamma", planted("committed-"), Severity::Medium, Confidence::Medium, |secret| {
        let mut place = file("deploy.ipynb", 7, secret);
        place.part = Some("cell 2".to_owned());
        place.history = Some(Box::new(history('7', Some(commit('8', "2024-09-30", "Deploy from a notebook")))));
        vec![place]
    });

    report.findings = vec![loose, message, gone, head, tree];
    report.coverage = Coverage {
        files: 310,
        members: 2,
        bytes: 4_000_000,
        objects: Some(Objects {
            seen: 159_172,
            scanned: 159_170,
            skipped: 1,
            missing: 2,
            damaged: 1,
            bytes: 5_600_000_000,
            shallow: true,
        }),
        notices: vec![
            notice(
                Some(Artifact::file(format!(".git/blob/{}", id('9')))),
                NoticeKind::Malformed,
                "the object is damaged",
                Some("run `git fsck`"),
            ),
            notice(None, NoticeKind::Unreadable, "2 objects of the history are missing", Some("run `git fetch`")),
            notice(
                Some(Artifact::file(format!(".git/blob/{}", id('a')))),
                NoticeKind::Skipped,
                "larger than --max-blob-size",
                None,
            ),
        ],
    };
    report.version_control = Some(VersionControl {
        repository: Some("https://example.com/team/project.git".to_owned()),
        revision: Some(id('f')),
        branch: Some("main".to_owned()),
        folder: None,
        top: None,
    });
    report.exit_code = 2;
    report
}

pub fn notice(artifact: Option<Artifact>, kind: NoticeKind, message: &str, help: Option<&str>) -> Notice {
    Notice { artifact, kind, message: message.to_owned(), help: help.map(str::to_owned) }
}

/// The full report, compared with a baseline that knows two of its findings and lists one that is gone.
pub fn baselined() -> Report {
    let mut report = full();
    report.findings[1].known = Some(Known {
        reason: Some("[a](1) {0} \x1b[1m of the old shop".to_owned()),
        owner: Some("ops".to_owned()),
        expires: Some("2031-01-01".to_owned()),
    });
    report.findings[2].known = Some(Known::default());
    report.baseline = Some(Comparison { entries: 4, known: 2, expired: 1, unused: 1 });
    let stale = "an entry is not needed any more";
    report.coverage.notices.push(notice(Some(Artifact::file(".keytrail-baseline")), NoticeKind::Stale, stale, None));
    report
}
