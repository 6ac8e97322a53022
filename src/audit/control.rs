//! Controls of standards that checks map to.
//!
//! The ids are facts; what a check has to do with a control is keytrail's own reading, and reports say "maps to". Where
//! a benchmark counts anew with every version, the version is part of the framework's name.

/// A standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// Center for Internet Security, benchmark for Amazon Web Services.
    CisAws,
    /// Center for Internet Security, benchmark for Google Cloud.
    CisGcp,
    /// Payment Card Industry Data Security Standard.
    Pci,
    /// NIST Special Publication 800-53, revision 5.
    Nist80053,
    /// NIST Special Publication 800-57, part 1, revision 5.
    Nist80057,
    /// ISO/IEC 27001:2022, annex A.
    Iso27001,
    /// The trust services criteria of 2017 with the points of focus of 2022.
    Soc2,
    /// OWASP's ten risks of identities that are no people.
    OwaspNhi,
}

impl Framework {
    /// Its name with its version.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Framework::CisAws => "CIS AWS Foundations Benchmark v5.0",
            Framework::CisGcp => "CIS Google Cloud Foundations Benchmark v4.0",
            Framework::Pci => "PCI DSS v4.0.1",
            Framework::Nist80053 => "NIST SP 800-53 r5",
            Framework::Nist80057 => "NIST SP 800-57 Part 1 r5",
            Framework::Iso27001 => "ISO/IEC 27001:2022",
            Framework::Soc2 => "SOC 2",
            Framework::OwaspNhi => "OWASP NHI Top 10 2025",
        }
    }
}

/// A control, and which keys it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    /// The standard.
    pub framework: Framework,
    /// The control as the standard counts it.
    pub id: &'static str,
    /// The provider of whose keys it speaks; empty for all.
    pub provider: &'static str,
}

impl Control {
    /// Whether it speaks of keys of a provider; `None` stands for what concerns no key.
    #[must_use]
    pub(crate) fn concerns(&self, provider: Option<&str>) -> bool {
        self.provider.is_empty() || provider == Some(self.provider)
    }

    /// `PCI DSS v4.0.1 8.6.3`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.framework.name(), self.id)
    }
}

const fn of(framework: Framework, id: &'static str) -> Control {
    Control { framework, id, provider: "" }
}

const fn aws(id: &'static str) -> Control {
    Control { framework: Framework::CisAws, id, provider: "aws" }
}

/// Service-account keys.
const fn gcp(id: &'static str) -> Control {
    Control { framework: Framework::CisGcp, id, provider: "gcp" }
}

/// API keys of Google Cloud.
const fn gcp_api(id: &'static str) -> Control {
    Control { framework: Framework::CisGcp, id, provider: "gcp-api-key" }
}

const fn pci(id: &'static str) -> Control {
    of(Framework::Pci, id)
}

const fn nist(id: &'static str) -> Control {
    of(Framework::Nist80053, id)
}

const fn iso(id: &'static str) -> Control {
    of(Framework::Iso27001, id)
}

const fn soc(id: &'static str) -> Control {
    of(Framework::Soc2, id)
}

const fn nhi(id: &'static str) -> Control {
    of(Framework::OwaspNhi, id)
}

/// A key in code or configuration.
pub const IN_CODE: &[Control] = &[
    pci("8.6.2"),
    pci("8.3.2"),
    pci("6.2.4"),
    nist("IA-5(7)"),
    nist("SC-28"),
    nist("SA-15"),
    iso("A.5.17"),
    iso("A.8.4"),
    iso("A.8.12"),
    iso("A.8.28"),
    soc("CC6.1"),
    soc("CC6.6"),
    nhi("NHI2:2025"),
];

/// A leaked key that still works.
pub const LEAKED: &[Control] = &[
    pci("8.6.2"),
    pci("8.6.3"),
    pci("3.7.5"),
    nist("IA-5"),
    nist("IA-5(7)"),
    nist("AC-3(8)"),
    nist("IR-4"),
    iso("A.5.17"),
    iso("A.5.26"),
    iso("A.8.4"),
    iso("A.8.12"),
    soc("CC6.1"),
    soc("CC7.3"),
    soc("CC7.4"),
    nhi("NHI2:2025"),
    nhi("NHI1:2025"),
];

/// Rotation.
pub const ROTATION: &[Control] = &[
    aws("1.13"),
    gcp("1.7"),
    gcp_api("1.15"),
    pci("8.6.3"),
    pci("8.3.9"),
    nist("IA-5"),
    nist("SC-12"),
    of(Framework::Nist80057, "5.3"),
    iso("A.5.17"),
    iso("A.8.24"),
    soc("CC6.1"),
    nhi("NHI7:2025"),
];

/// An old key beside its successor.
pub const UNFINISHED: &[Control] = &[
    aws("1.12"),
    pci("8.6.3"),
    pci("8.2.5"),
    nist("IA-5"),
    nist("AC-2(3)"),
    iso("A.5.17"),
    iso("A.5.18"),
    soc("CC6.2"),
    soc("CC6.3"),
    nhi("NHI1:2025"),
    nhi("NHI7:2025"),
];

/// Life without an end, or a very long one.
pub const LIFE: &[Control] = &[
    pci("8.6.3"),
    nist("IA-5"),
    nist("AC-2(2)"),
    of(Framework::Nist80057, "5.3"),
    iso("A.5.17"),
    soc("CC6.1"),
    nhi("NHI7:2025"),
];

/// What has ended and goes on.
pub const ENDED: &[Control] =
    &[pci("8.6.3"), pci("8.2.6"), nist("IA-5"), nist("AC-2(3)"), iso("A.5.18"), soc("CC6.2"), nhi("NHI1:2025")];

/// Keys that nobody uses.
pub const UNUSED: &[Control] = &[
    aws("1.11"),
    pci("8.2.6"),
    pci("7.2.5.1"),
    nist("AC-2(3)"),
    nist("AC-2"),
    iso("A.5.18"),
    soc("CC6.2"),
    soc("CC6.3"),
    nhi("NHI1:2025"),
];

/// More rights than needed.
pub const RIGHTS: &[Control] = &[
    aws("1.15"),
    gcp("1.5"),
    gcp("1.6"),
    pci("7.2.1"),
    pci("7.2.2"),
    pci("7.2.5"),
    nist("AC-6"),
    nist("AC-6(1)"),
    nist("AC-6(5)"),
    nist("AC-6(7)"),
    iso("A.5.15"),
    iso("A.8.2"),
    iso("A.8.3"),
    soc("CC6.3"),
    nhi("NHI5:2025"),
];

/// Use from anywhere.
pub const ANYWHERE: &[Control] = &[
    gcp_api("1.13"),
    gcp_api("1.14"),
    pci("7.2.5"),
    nist("AC-3"),
    nist("AC-4"),
    nist("SC-7"),
    iso("A.8.20"),
    iso("A.8.22"),
    soc("CC6.6"),
    nhi("NHI6:2025"),
    nhi("NHI5:2025"),
];

/// One key, several uses.
pub const SHARED: &[Control] = &[
    pci("8.2.2"),
    pci("8.3.11"),
    nist("AC-2(9)"),
    nist("IA-4"),
    nist("IA-5(8)"),
    iso("A.5.16"),
    iso("A.5.17"),
    soc("CC6.1"),
    nhi("NHI9:2025"),
    nhi("NHI8:2025"),
];

/// Who answers for it.
pub const OWNER: &[Control] = &[
    pci("8.2.5"),
    pci("7.2.5.1"),
    nist("AC-2"),
    nist("AC-2(3)"),
    nist("PS-4"),
    iso("A.5.9"),
    iso("A.5.16"),
    iso("A.6.5"),
    soc("CC6.2"),
    nhi("NHI1:2025"),
];

/// What no inventory knows.
pub const UNMANAGED: &[Control] = &[
    pci("12.5.1"),
    pci("6.3.2"),
    pci("8.6.2"),
    nist("CM-8"),
    nist("PM-5"),
    nist("AC-2"),
    nist("IA-5(7)"),
    iso("A.5.9"),
    iso("A.8.9"),
    iso("A.8.4"),
    soc("CC6.1"),
    nhi("NHI1:2025"),
    nhi("NHI2:2025"),
    nhi("NHI3:2025"),
];

/// The inventory itself.
pub const INVENTORY: &[Control] = &[nist("CM-8"), nist("PM-5"), iso("A.5.9"), soc("CC6.1")];

/// A key in the clear in a list.
pub const IN_THE_CLEAR: &[Control] = &[
    pci("8.3.2"),
    pci("8.6.2"),
    nist("IA-5"),
    nist("SC-28"),
    iso("A.5.17"),
    iso("A.8.12"),
    soc("CC6.1"),
    nhi("NHI2:2025"),
];

/// Reviews.
pub const REVIEW: &[Control] = &[pci("7.2.5.1"), nist("AC-2"), iso("A.5.18"), soc("CC6.2"), nhi("NHI1:2025")];

/// What logs of calls tell.
pub const WATCHING: &[Control] = &[
    pci("10.2.1"),
    nist("AU-2"),
    nist("AU-12"),
    nist("AC-2(12)"),
    iso("A.8.15"),
    iso("A.8.16"),
    soc("CC7.2"),
    nhi("NHI1:2025"),
];
