//! What is filled in later: references to settings, templates, formats.

use super::drawn::{is_drawn, is_drawn_with_marks, is_mixed};

/// Whether something is filled in later: `${PASSWORD}`, `{{ pass }}`, `%s`, `***`, `[...]`, `:password`. So is what was
/// left out: `…`, as keytrail's own reports show a password.
///
/// Marks alone tell nothing, since those who draw passwords draw marks as well: `Xk29$fjwq!`. What is filled in has names
/// between its marks, and these follow their characters as words do.
#[must_use]
pub fn is_template(value: &[u8]) -> bool {
    let percent = || {
        value.iter().enumerate().any(|(i, &b)| {
            // `%s`, `%-10s` and `%{name}` of formats, `%NAME%` of Windows.
            let rest = &value[i + 1..];
            let digits = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'-').count();
            let format =
                matches!(rest.get(digits), Some(b's' | b'd' | b'v' | b'q' | b'r' | b'w' | b'i' | b'@' | b'(' | b'{'));
            let ends = rest.get(digits + 1).is_none_or(|b| !b.is_ascii_alphanumeric());
            b == b'%' && (rest.is_empty() && i == 0 || format && ends || rest.contains(&b'%') && !is_escaped(value))
        })
    };
    // A `$` at the end names nothing.
    let body = value.strip_suffix(b"$").filter(|body| !matches!(body.first(), None | Some(b'^'))).unwrap_or(value);
    let marked = body.iter().any(|b| matches!(b, b'{' | b'}' | b'<' | b'>' | b'[' | b'('))
        || has_variable(body)
        || memchr::memmem::find(value, b"**").is_some()
        || memchr::memmem::find(value, b"..").is_some()
        || percent();
    // Encrypted, as Jasypt, Hiera and Maven write it.
    let sealed = [&b"ENC("[..], b"ENC["].iter().any(|mark| value.starts_with(mark))
        || value.starts_with(b"{") && value.ends_with(b"}");
    // `%Y-%m-%d`, as dates are written.
    let dates = value.windows(2).filter(|pair| pair[0] == b'%' && b"YymdHMSBbjIp".contains(&pair[1])).count() >= 3;
    // `#application.dbPass#` of ColdFusion.
    let inner = value.strip_prefix(b"#").and_then(|it| it.strip_suffix(b"#"));
    let hashes = inner.is_some_and(|name| {
        name.contains(&b'.') && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
    });
    sealed
        || dates
        || hashes
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
        || value.ends_with(b"...")
        || marked && (!is_drawn_with_marks(value) || is_expression(value) || has_reference(value))
}

/// Whether a value has a name where something is put in for it, whatever stands beside it: `${NAME}`, `{{ name }}`,
/// `<name>`, `{name}`, `$NAME`.
fn has_reference(value: &[u8]) -> bool {
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b' ' | b':' | b'?');
    value.iter().enumerate().any(|(i, &open)| {
        let close = match open {
            b'{' => b'}',
            b'<' => b'>',
            b'[' => b']',
            b'(' => b')',
            b'%' => b'%',
            b'$' => return i == 0 && is_variable(&value[1..]),
            _ => return false,
        };
        let Some(len) = memchr::memchr(close, &value[i + 1..]) else { return false };
        let name = &value[i + 1..i + 1 + len];
        let rest = [&value[..i], &value[i + 2 + len..]].concat();
        let shell = i > 0 && matches!(value[i - 1], b'$' | b'#' | b'{' | b'@' | b'%') && matches!(open, b'{' | b'(');
        let letters = name.iter().filter(|b| b.is_ascii_alphabetic()).count();
        // What two marks of a random value have between them is no name, and what is beside it goes on as random.
        name.iter().all(|&b| is_name(b))
            && (shell && letters >= 2 || !is_mixed(&rest) && (letters >= 2 || name.is_empty() && open != b'%'))
            && !is_drawn(name)
    })
}

/// Whether a `$` may begin the name of a variable. One that stands for a letter within a word, or that joins a word and
/// a number, begins none where the value has other marks or digits as well: `Pa$$w0rd-Orders`, `Web$2014`, `Tri$ta77`.
fn has_variable(value: &[u8]) -> bool {
    let varied = value.iter().any(|b| b.is_ascii_digit() || b"!@#*?^+".contains(b));
    memchr::memchr_iter(b'$', value).any(|at| {
        let before = at.checked_sub(1).map(|before| value[before]);
        let within = before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'$');
        let next = value.get(at + 1).copied().unwrap_or_default();
        let year = value[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count() >= 3;
        !(varied && within && (next.is_ascii_lowercase() || year || next == b'$'))
    })
}

/// Whether it is the name of a variable and nothing else, or what follows one in an expression: `dbPass`, `user->pass`.
fn is_variable(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let rest = &text[name..];
    name >= 2
        && !text[0].is_ascii_digit()
        && (rest.is_empty() && !is_drawn(&text[..name])
            || [&b"->"[..], b"::", b"["].iter().any(|mark| rest.starts_with(mark)))
}

/// Whether it is a pattern that values are held against, whose marks surprise as much as those of a random value:
/// `^[a-zA-Z0-9]{8,}$`.
fn is_expression(value: &[u8]) -> bool {
    [
        &b"A-Z"[..],
        b"a-z",
        b"0-9",
        b"[^",
        b"[:",
        b"[\\",
        b"(?=",
        b"(?!",
        b"(?:",
        b"(?P",
        b"\\d",
        b"\\w",
        b"\\s",
        b".*",
        b".+",
        b"{8,",
        b"{6,",
    ]
    .iter()
    .any(|mark| memchr::memmem::find(value, mark).is_some())
}

/// Whether every `%` of a value begins an escape of an address: `%40`.
fn is_escaped(value: &[u8]) -> bool {
    memchr::memchr_iter(b'%', value)
        .all(|i| value.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
}

#[cfg(test)]
mod tests {
    use super::super::is_usual;
    use super::*;

    #[test]
    fn what_is_filled_in_later_is_known() {
        for value in
            ["%s", "%-10s", "%(password)s", "%DB_PASS%", "${PASS}", "{{ pass }}", "********", "<pass>", "pa..rd"]
        {
            assert!(is_template(value.as_bytes()), "{value}");
        }
        for value in [
            "$DB_PASS",
            "$dbPassword1",
            "$this->password2",
            "{{ .Values.password }}",
            "user-$ENVIRONMENT-x1",
            "#{settings.password}",
            "$(cat /run/secrets/db1)",
            "{user}:{pw}",
            "Vec<u8>",
            "config[:password1]",
            "^[a-zA-Z0-9]{8,}$",
            "ENC(H2bGc4EiebJwmoR9)",
            "{cm9vdDpwYXNz9Q==}",
        ] {
            assert!(is_template(value.as_bytes()), "{value}");
        }
        for value in ["a%1hi9aQ", "k7*Vt93", "x%40y%2Fz", "Tr0ub4dor&3"] {
            assert!(!is_template(value.as_bytes()), "{value}");
        }
        // Marks that a drawn password has, each put into one.
        for mark in ["$", "{", "}", "<", ">", "[", "(", "**", "..", "<7j>", "$9f$", "{q9}", "%fj%8", "#3$"] {
            let value = ["Xk29", mark, "fjwq!"].concat();
            assert!(!is_template(value.as_bytes()), "{value}");
            assert!(!is_template([mark, "Xk29", "fjwq!"].concat().as_bytes()), "{mark} in front");
        }
        assert!(!is_template(["acmeCorp", "#2021", "$prod"].concat().as_bytes()));
        assert!(!is_template(["Maple", "$1987"].concat().as_bytes()));
        assert!(!is_template(["Waffle", "$Hague1"].concat().as_bytes()));
        assert!(!is_template(["3tl_Andes", "$2015"].concat().as_bytes()));
        assert!(!is_template(["Du", "$$t4rd", "-Orders"].concat().as_bytes()));
        assert!(!is_template(["Lunch3r", "$truck!"].concat().as_bytes()));
        assert!(is_template(b"lunch$truck") && is_template(b"lunch$TRUCK9"));
        assert!(is_template(b"Maple$1") && is_template(b"user$12") && is_template(b"#application.dbPass1#"));
    }

    #[test]
    fn hardly_any_drawn_password_is_taken_for_a_template() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let drawn = (0..2000).filter(|i| {
            let value: Vec<u8> = (0..12 + i % 21).map(|_| rng.random_range(b'!'..=b'~')).collect();
            !is_template(&value) && !is_usual(&value) && is_mixed(&value)
        });
        let drawn = drawn.count();
        assert!(drawn >= 1900, "{drawn}");
    }
}
