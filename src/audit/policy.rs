//! What a project demands of its keys, made from `keytrail.toml`: the periods that hold for a key, when it is due to be
//! rotated, who is there to own it, what scopes it may have, and what is excused.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::check::{rotation_due_soon, rotation_overdue};
use super::context::{days_between, whole_days};
use crate::Mistake;
use crate::config::Configuration;
use crate::config::Loaded;
use crate::config::audit::AuditConfig;
use crate::config::glob::{Chooser, Pattern};
use crate::config::value::{Day, Period};
use crate::inventory::key::{Basis, Field, Key};

/// The periods that hold for one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// A key is rotated at least so often.
    pub rotation: Period,
    /// So long before a rotation is due it is announced.
    pub notice: Period,
    /// A key that was not used for so long is unused.
    pub unused: Period,
    /// So long an old key may work beside its successor.
    pub overlap: Period,
    /// Somebody confirms at least so often that a key is needed.
    pub review: Period,
    /// A key is issued for so long at most.
    pub max_life: Period,
}

impl Default for Periods {
    /// Ninety days are the common measure of the CIS benchmarks for access keys and service-account keys; a year is
    /// what providers that limit the life of tokens allow by default.
    fn default() -> Self {
        Periods {
            rotation: Period::Days(90),
            notice: Period::Days(14),
            unused: Period::Days(90),
            overlap: Period::Days(7),
            review: Period::Never,
            max_life: Period::Days(365),
        }
    }
}

/// Why a key is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The policy's period has passed since its secret last changed.
    Policy {
        /// When it last changed.
        since: Timestamp,
        /// What that date means; the key may be older unless it is [`Basis::Stated`].
        basis: Basis,
        /// The period.
        period: Period,
    },
    /// The inventory has a date for it.
    Stated,
    /// It stops working then.
    Expires,
}

/// When a key is to be rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The moment by which it has to be replaced.
    pub at: Timestamp,
    /// Why then.
    pub reason: Reason,
    /// How long before that it is announced; `None` for not at all.
    pub notice: Option<SignedDuration>,
}

impl Due {
    /// How many days of the calendar are left on the day of a moment; negative where its day is over.
    #[must_use]
    pub fn days_left(&self, as_of: Timestamp) -> i64 {
        days_between(as_of, self.at)
    }

    /// Whether its day is over: on the day itself there still is time.
    #[must_use]
    pub fn is_over(&self, as_of: Timestamp) -> bool {
        self.days_left(as_of) < 0
    }

    /// The check that speaks of it on the day of a moment, if one does.
    #[must_use]
    pub fn check(&self, as_of: Timestamp) -> Option<&'static str> {
        match () {
            () if self.is_over(as_of) => Some(rotation_overdue::CHECK.id),
            () if self.is_announced(as_of) => Some(rotation_due_soon::CHECK.id),
            () => None,
        }
    }

    /// Whether it is announced, and its day is not over.
    #[must_use]
    pub fn is_announced(&self, as_of: Timestamp) -> bool {
        let left = self.days_left(as_of);
        left >= 0 && self.notice.is_some_and(|notice| left <= whole_days(notice))
    }
}

/// Some periods that replace others for some keys.
#[derive(Clone, Debug)]
struct Override {
    keys: Chooser,
    rotation: Option<Period>,
    notice: Option<Period>,
    unused: Option<Period>,
    overlap: Option<Period>,
    review: Option<Period>,
    max_life: Option<Period>,
}

/// Scopes that some keys may have.
#[derive(Clone, Debug)]
struct Allowed {
    keys: Chooser,
    scopes: Vec<(String, Pattern)>,
}

/// What is known and accepted.
#[derive(Clone, Debug)]
pub struct Exception {
    check: Option<Pattern>,
    key: Option<Pattern>,
    provider: Option<Pattern>,
    /// The key as written, for messages.
    pub named: String,
    /// The check as written.
    pub checks: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who has accepted it.
    pub owner: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<Day>,
    /// The file that has it.
    pub path: String,
    /// Line and column of it there, from 1.
    pub place: (u32, u32),
}

impl Exception {
    /// Whether it is about findings of a check. `names` are all names of the key: its reference, id and label; for a
    /// leak without a key, its fingerprint.
    #[must_use]
    pub fn covers(&self, check: &str, provider: Option<&str>, names: &[&str]) -> bool {
        let fits = |pattern: &Option<Pattern>, text: &str| pattern.as_ref().is_some_and(|pattern| pattern.fits(text));
        fits(&self.check, check)
            && (self.provider.is_none() || provider.is_some_and(|provider| fits(&self.provider, provider)))
            && names.iter().any(|name| *name == self.named || fits(&self.key, name))
    }

    /// Whether its last day is over.
    #[must_use]
    pub fn has_expired(&self, as_of: Timestamp) -> bool {
        self.expires.is_some_and(|day| day.end() < as_of)
    }
}

/// The list of people that a configuration names cannot be read.
#[derive(Debug)]
pub(crate) struct PolicyError {
    /// Its path.
    path: PathBuf,
    /// Where the configuration names it, as bytes of all that was read: [`Loaded::mistake`] makes a place of it.
    span: std::ops::Range<usize>,
    /// Why.
    source: std::io::Error,
}

/// What a project demands of its keys: how old they may become, who may own them, what is accepted. By default, what
/// `docs/keytrail-toml.md` says.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    base: Periods,
    overrides: Vec<Override>,
    allowed: Vec<Allowed>,
    exceptions: Vec<Exception>,
    staff: Option<Vec<Pattern>>,
    path: Option<String>,
}

impl Policy {
    /// The policy of a configuration. `name` says what reports call its files.
    ///
    /// # Errors
    /// When the list of people that it names cannot be read: a mistake at the place where it does so.
    pub fn of(configuration: &Configuration, name: &dyn Fn(&Path) -> String) -> Result<Self, Mistake> {
        let mut policy = Self::new(&configuration.loaded).map_err(|PolicyError { path, span, source }| {
            let message = format!("the staff list `{}` cannot be read: {source}", name(&path));
            configuration.loaded.mistake(span, message)
        })?;
        policy.name_files(name);
        Ok(policy)
    }

    /// The policy of a configuration. Paths in it are relative to its file.
    ///
    /// # Errors
    /// When the list of people cannot be read.
    pub(crate) fn new(loaded: &Loaded) -> Result<Self, PolicyError> {
        let config = &loaded.config.audit;
        let base = Periods::default();
        let exceptions = config.exceptions.iter().map(|exception| {
            let pattern = |text: &str| Pattern::new(text).ok();
            let (path, line, column) = loaded.place(exception.check.span().start);
            Exception {
                check: pattern(exception.check.get_ref()),
                key: pattern(exception.key.get_ref()),
                provider: exception.provider.as_ref().and_then(|text| pattern(text.get_ref())),
                named: exception.key.get_ref().clone(),
                checks: exception.check.get_ref().clone(),
                reason: exception.reason.get_ref().trim().to_owned(),
                owner: exception.owner.clone(),
                expires: exception.expires,
                path: slashed(path),
                place: (line, column),
            }
        });
        let overrides = config.overrides.iter().map(|over| Override {
            keys: over.choice().chooser(),
            rotation: over.rotation,
            notice: over.notice,
            unused: over.unused,
            overlap: over.overlap,
            review: over.review,
            max_life: over.max_life,
        });
        let allowed = config.allowed_scopes.iter().map(|allowed| Allowed {
            keys: allowed.choice().chooser(),
            scopes: allowed
                .scopes
                .iter()
                .filter_map(|scope| Some((scope.get_ref().clone(), Pattern::new(scope.get_ref()).ok()?)))
                .collect(),
        });
        Ok(Policy {
            base: Periods {
                rotation: config.rotation.unwrap_or(base.rotation),
                notice: config.notice.unwrap_or(base.notice),
                unused: config.unused.unwrap_or(base.unused),
                overlap: config.overlap.unwrap_or(base.overlap),
                review: config.review.unwrap_or(base.review),
                max_life: config.max_life.unwrap_or(base.max_life),
            },
            overrides: overrides.collect(),
            allowed: allowed.collect(),
            exceptions: exceptions.collect(),
            staff: staff(config, loaded.folder())?,
            path: loaded.path.as_deref().map(slashed),
        })
    }

    /// The file it was made of.
    #[must_use]
    pub(crate) fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Says under which names reports know the files it was made of: the file itself and those that it extends.
    fn name_files(&mut self, shown: &dyn Fn(&Path) -> String) {
        let paths = self.path.iter_mut().chain(self.exceptions.iter_mut().map(|exception| &mut exception.path));
        paths.for_each(|path| *path = shown(Path::new(path)));
    }

    /// Has these periods hold for all keys, whatever the policy says: those of a command line.
    pub fn insist(&mut self, rotation: Option<Period>, notice: Option<Period>) {
        if let Some(rotation) = rotation {
            self.base.rotation = rotation;
            self.overrides.iter_mut().for_each(|over| over.rotation = None);
        }
        if let Some(notice) = notice {
            self.base.notice = notice;
            self.overrides.iter_mut().for_each(|over| over.notice = None);
        }
    }

    /// The periods of keys that no override concerns.
    #[must_use]
    pub(crate) fn base(&self) -> Periods {
        self.base
    }

    /// The periods that hold for a key.
    #[must_use]
    pub(crate) fn periods(&self, key: &Key) -> Periods {
        let mut periods = self.base;
        for over in self.overrides.iter().filter(|over| over.keys.fits(key)) {
            periods.rotation = over.rotation.unwrap_or(periods.rotation);
            periods.notice = over.notice.unwrap_or(periods.notice);
            periods.unused = over.unused.unwrap_or(periods.unused);
            periods.overlap = over.overlap.unwrap_or(periods.overlap);
            periods.review = over.review.unwrap_or(periods.review);
            periods.max_life = over.max_life.unwrap_or(periods.max_life);
        }
        periods
    }

    /// When a key is to be rotated: the earliest of what the policy says, what the inventory says, and when it expires.
    /// `None` where none of the three is known, and for keys that are revoked. Whether the key works is not asked
    /// otherwise; the moment may be past.
    #[must_use]
    pub(crate) fn rotation_due(&self, key: &Key) -> Option<Due> {
        if key.status == Field::Known(crate::inventory::key::Status::Revoked) {
            return None;
        }
        let periods = self.periods(key);
        let by_policy = periods.rotation.duration().zip(key.secret_since()).map(|(duration, (since, basis))| {
            let at = since.checked_add(duration).unwrap_or(Timestamp::MAX);
            (at, Reason::Policy { since, basis, period: periods.rotation })
        });
        let stated = key.rotation_due.known().map(|&at| (at, Reason::Stated));
        let expires = key.expires.known().map(|&at| (at, Reason::Expires));
        // Of equal moments the first: a rule says more than a date.
        let (at, reason) = [by_policy, stated, expires].into_iter().flatten().min_by_key(|(at, _)| *at)?;
        Some(Due { at, reason, notice: periods.notice.duration() })
    }

    /// The patterns of the scopes that a key may have; `None` where the policy does not say.
    #[must_use]
    pub(crate) fn allowed_scopes(&self, key: &Key) -> Option<AllowedScopes<'_>> {
        let fitting: Vec<&Allowed> = self.allowed.iter().filter(|allowed| allowed.keys.fits(key)).collect();
        (!fitting.is_empty()).then(|| AllowedScopes(fitting.into_iter().flat_map(|one| &one.scopes).collect()))
    }

    /// Whether somebody is there; `None` where the policy has no list of people.
    #[must_use]
    pub(crate) fn is_staff(&self, owner: &str) -> Option<bool> {
        let staff = self.staff.as_ref()?;
        // `Ann Example <ann@example.com>`, and an address whose list has logins only.
        let address = owner.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
        let login = owner.split_once('@').map(|(login, _)| login);
        let names = [Some(owner), address, login];
        Some(names.into_iter().flatten().any(|name| staff.iter().any(|pattern| pattern.fits(name.trim()))))
    }

    /// The exception that excuses findings of a check about a key at a moment. `reference` is how reports name it.
    #[must_use]
    pub(crate) fn excuse(&self, check: &str, key: &Key, reference: &str, as_of: Timestamp) -> Option<&Exception> {
        if self.exceptions.is_empty() {
            return None;
        }
        let label = key.label();
        let mut names = vec![reference, &label];
        names.extend([&key.id, &key.name].into_iter().filter_map(|field| field.known().map(|text| text.as_str())));
        let covers = |one: &&Exception| one.covers(check, Some(key.provider.as_str()), &names);
        self.exceptions.iter().filter(|one| !one.has_expired(as_of)).find(covers)
    }

    /// What is excused, in the order of the file.
    #[must_use]
    pub(crate) fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The scopes that a key may have.
#[derive(Clone, Debug)]
pub struct AllowedScopes<'a>(Vec<&'a (String, Pattern)>);

impl AllowedScopes<'_> {
    /// Whether a scope is one of them.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        // Scopes have brackets and stars of their own: what is written alike fits.
        self.0.iter().any(|(text, pattern)| text == scope || pattern.fits(scope))
    }

    /// As they are written.
    #[must_use]
    pub fn written(&self) -> Vec<&str> {
        self.0.iter().map(|(text, _)| text.as_str()).collect()
    }
}

fn staff(config: &AuditConfig, folder: &Path) -> Result<Option<Vec<Pattern>>, PolicyError> {
    if config.staff.is_none() && config.staff_file.is_none() {
        return Ok(None);
    }
    let mut names: Vec<String> = config.staff.iter().flatten().map(|name| name.get_ref().clone()).collect();
    if let Some(file) = &config.staff_file {
        let path = folder.join(file.get_ref());
        let text = std::fs::read_to_string(&path).map_err(|source| PolicyError {
            path: path.clone(),
            span: file.span(),
            source,
        })?;
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
        names.extend(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned));
    }
    // A name that is no pattern, such as one with a bracket, is dropped by nobody: the configuration was checked, and
    // lines of a file are taken as they are.
    let escaped = |name: &str| Pattern::new(&globset::escape(name)).ok();
    Ok(Some(names.iter().filter_map(|name| Pattern::new(name).ok().or_else(|| escaped(name))).collect()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::*;
    use crate::config::FILE;

    pub(crate) fn policy(text: &str) -> Policy {
        Policy::new(&Loaded::parse(Path::new(FILE), text.to_owned()).unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_override_that_fits_counts_for_each_period() {
        let policy = policy(
            "[audit]\nrotation = 60\n[[audit.override]]\nprovider = \"aws\"\nrotation = 30\nunused = 10\n\
             [[audit.override]]\nkind = \"access-*\"\nrotation = 7\n[[audit.override]]\nprovider = \"gcp\"\nrotation = 1\n",
        );
        let periods = policy.periods(&Key::new("aws".into(), "access-key".into()));
        assert_eq!((periods.rotation, periods.unused), (Period::Days(7), Period::Days(10)));
        assert_eq!(periods.overlap, Period::Days(7));
        assert_eq!(policy.periods(&Key::new("x".into(), "y".into())).rotation, Period::Days(60));
    }

    #[test]
    fn a_key_is_due_at_the_earliest_of_three_dates() {
        let policy = Policy::default();
        let mut key = Key::new("a".into(), "b".into());
        assert_eq!(policy.rotation_due(&key), None);
        key.created = Field::Known(at("2026-01-01T00:00:00Z"));
        let due = policy.rotation_due(&key).unwrap();
        assert_eq!(due.at, at("2026-04-01T00:00:00Z"));
        let told = |text: &str| (due.days_left(at(text)), due.is_announced(at(text)), due.is_over(at(text)));
        assert_eq!(told("2026-03-17T23:59:59Z"), (15, false, false));
        assert_eq!(told("2026-03-18T00:00:00Z"), (14, true, false));
        // The day itself is the last one.
        assert_eq!(told("2026-04-01T23:59:59Z"), (0, true, false));
        assert_eq!(told("2026-04-02T00:00:00Z"), (-1, false, true));
        assert!(matches!(due.reason, Reason::Policy { period: Period::Days(90), .. }));
        // A rotation starts the period anew.
        key.rotated = Field::Known(at("2026-02-01T00:00:00Z"));
        assert_eq!(policy.rotation_due(&key).unwrap().at, at("2026-05-02T00:00:00Z"));
        key.expires = Field::Known(at("2026-03-15T00:00:00Z"));
        assert_eq!(policy.rotation_due(&key).unwrap().reason, Reason::Expires);
        key.rotation_due = Field::Known(at("2026-03-01T00:00:00Z"));
        assert_eq!(policy.rotation_due(&key).unwrap().reason, Reason::Stated);
        key.status = Field::Known(crate::inventory::key::Status::Revoked);
        assert_eq!(policy.rotation_due(&key), None);
    }

    #[test]
    fn without_a_period_only_dates_of_the_inventory_count() {
        let policy = policy("[audit]\nrotation = \"never\"\nnotice = \"never\"\n");
        let mut key = Key::new("a".into(), "b".into());
        key.created = Field::Known(at("2020-01-01T00:00:00Z"));
        key.expires = Field::Empty;
        assert_eq!(policy.rotation_due(&key), None);
        key.expires = Field::Known(at("2027-01-01T00:00:00Z"));
        let due = policy.rotation_due(&key).unwrap();
        assert!(due.notice.is_none() && !due.is_announced(due.at));
    }

    #[test]
    fn people_are_known_by_address_login_or_pattern() {
        assert_eq!(Policy::default().is_staff("ann@example.com"), None);
        let policy = policy("[audit]\nstaff = [\"ann@example.com\", \"bob\", \"*-bot\"]\n");
        for owner in ["ann@example.com", "ANN@EXAMPLE.COM", "Ann <ann@example.com>", "bob", "bob@example.com", "ci-bot"]
        {
            assert_eq!(policy.is_staff(owner), Some(true), "{owner}");
        }
        for owner in ["eve@example.com", "annie@example.com", "bobby", ""] {
            assert_eq!(policy.is_staff(owner), Some(false), "{owner}");
        }
    }

    #[test]
    fn a_list_of_people_may_stand_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("staff.txt"), "\u{feff}# people\r\nann@example.com\r\n\r\nbob\r\n").unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "[audit]\nstaff-file = \"staff.txt\"\n").unwrap();
        let policy = Policy::new(&Loaded::read(&path).unwrap()).unwrap();
        assert_eq!((policy.is_staff("bob"), policy.is_staff("eve")), (Some(true), Some(false)));
        std::fs::remove_file(folder.path().join("staff.txt")).unwrap();
        let loaded = Loaded::read(&path).unwrap();
        let PolicyError { span, .. } = Policy::new(&loaded).unwrap_err();
        let mistake = loaded.mistake(span, "missing");
        assert_eq!((mistake.line, mistake.column), (2, 14));
    }

    #[test]
    fn exceptions_count_up_to_their_last_day() {
        let policy = policy(
            "[[audit.exception]]\ncheck = \"rotation-*\"\nkey = \"key-1*\"\nprovider = \"aws\"\nreason = \"x\"\n\
             expires = 2026-06-30\n",
        );
        let exception = &policy.exceptions()[0];
        assert!(exception.covers("rotation-overdue", Some("aws"), &["aws/access-key/key-12", "key-12"]));
        assert!(!exception.covers("unused", Some("aws"), &["key-12"]));
        assert!(!exception.covers("rotation-overdue", Some("gcp"), &["key-12"]));
        assert!(!exception.covers("rotation-overdue", None, &["key-12"]));
        assert!(!exception.covers("rotation-overdue", Some("aws"), &["key-2"]));
        assert!(
            !exception.has_expired(at("2026-06-30T23:59:59Z")) && exception.has_expired(at("2026-07-01T00:00:00Z"))
        );
        assert_eq!((exception.path.as_str(), exception.place), (FILE, (2, 9)));
    }

    #[test]
    fn exceptions_stand_in_the_file_that_has_them() {
        let folder = tempfile::tempdir().unwrap();
        let exception = |key: &str| format!("[[audit.exception]]\ncheck = \"*\"\nkey = \"{key}\"\nreason = \"x\"\n");
        std::fs::write(folder.path().join("base.toml"), format!("# all of us\n\n{}", exception("a"))).unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, format!("extends = [\"base.toml\"]\n{}", exception("b"))).unwrap();
        let mut policy = Policy::new(&Loaded::read(&path).unwrap()).unwrap();
        policy.name_files(&|path| path.file_name().unwrap().to_string_lossy().into_owned());
        let places: Vec<_> = policy.exceptions().iter().map(|one| (one.path.as_str(), one.place.0)).collect();
        assert_eq!((places, policy.path()), (vec![("base.toml", 4), (FILE, 3)], Some(FILE)));
    }

    #[test]
    fn scopes_of_all_that_fit_are_allowed() {
        let policy = policy(
            "[[audit.allowed-scopes]]\nprovider = \"github\"\nscopes = [\"*:read\"]\n\
             [[audit.allowed-scopes]]\nintegration = \"deploy*\"\nscopes = [\"contents:write\", \"[*]\"]\n",
        );
        let mut key = Key::new("github".into(), "token".into());
        let allowed = policy.allowed_scopes(&key).unwrap();
        assert!(allowed.has("issues:read") && !allowed.has("contents:write"));
        Key::add_to(&mut key.integrations, "deploy-eu");
        let allowed = policy.allowed_scopes(&key).unwrap();
        assert!(allowed.has("issues:read") && allowed.has("contents:write") && allowed.has("*") && allowed.has("[*]"));
        assert!(policy.allowed_scopes(&Key::new("x".into(), "y".into())).is_none());
    }
}
