//! The effective configuration, with the place that each value comes from.
//!
//! Values are shown as they were written. How the files are put together is that of `Loaded`: what comes later wins,
//! lists are joined, `scan.only` is replaced, and mappings of inventories that come later stand in front.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use super::Configuration;

/// The values that apply, each with the place that it comes from: a file and its line, `default`, or whatever whoever
/// gave it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective(BTreeMap<String, Node>);

/// A value and its origin.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// A value as TOML writes it, and where it comes from.
    Leaf(String, String),
    /// A list; each element has an origin of its own.
    List(Vec<Node>),
    /// A table.
    Table(BTreeMap<String, Node>),
}

/// Where a value comes from that no file gives.
const DEFAULT: &str = "default";

/// The defaults of keys that have one, as TOML: the same as the manual has.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("scan", "history", "false"),
    ("scan", "max-depth", "5"),
    ("scan", "max-expansion", "\"1GiB\""),
    ("scan", "max-ratio", "1000"),
    ("scan", "min-confidence", "\"medium\""),
    ("scan", "fail-on", "\"low\""),
    ("audit", "rotation", "90"),
    ("audit", "notice", "14"),
    ("audit", "unused", "90"),
    ("audit", "overlap", "7"),
    ("audit", "review", "\"never\""),
    ("audit", "max-life", "365"),
];

impl Effective {
    /// The values of all files of a configuration, and the defaults. `name` says how a file is called.
    #[must_use]
    pub fn of(configuration: &Configuration, name: &dyn Fn(&Path) -> String) -> Self {
        let mut all: BTreeMap<String, Node> = BTreeMap::new();
        for (section, key, value) in DEFAULTS {
            set(&mut all, section, key, Node::Leaf((*value).to_owned(), DEFAULT.to_owned()));
        }
        for layer in &configuration.loaded.layers {
            let Ok(table) = DeTable::parse(&layer.text) else { continue };
            let origin = |offset: usize| {
                let line = layer.text.get(..offset).unwrap_or_default().matches('\n').count() + 1;
                format!("{}:{line}", name(&layer.path))
            };
            for (key, value) in table.get_ref() {
                // It has been followed; the origins tell.
                if key.get_ref().as_ref() == "extends" {
                    continue;
                }
                let node = node(value, &layer.text, &origin);
                overlay(&mut all, key.get_ref(), node, key.get_ref());
            }
        }
        Effective(all)
    }

    /// Has a key of `[scan]` have another value than the files say: one as TOML writes it, from `origin`.
    pub fn set(&mut self, key: &str, value: &str, origin: &str) {
        set(&mut self.0, "scan", key, Node::Leaf(value.to_owned(), origin.to_owned()));
    }

    /// Adds texts from `origin` to a list of `[scan]`; those of `only` take its place, as everywhere.
    pub fn extend(&mut self, key: &str, texts: impl IntoIterator<Item = String>, origin: &str) {
        let given = texts.into_iter().map(|text| Node::Leaf(toml::Value::from(text).to_string(), origin.to_owned()));
        let given: Vec<Node> = given.collect();
        if given.is_empty() {
            return;
        }
        match self.0.get_mut("scan") {
            Some(Node::Table(scan)) if key != "only" => match scan.get_mut(key) {
                Some(Node::List(list)) => list.extend(given),
                _ => drop(scan.insert(key.to_owned(), Node::List(given))),
            },
            _ => set(&mut self.0, "scan", key, Node::List(given)),
        }
    }

    /// The values as TOML, with their origins as comments.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        table(&mut text, "", &self.0);
        text
    }

    /// The values as JSON: `{"value": …, "origin": …}` in the place of each.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json_of_table(&self.0)
    }
}

/// Gives a key of a section a value.
fn set(all: &mut BTreeMap<String, Node>, section: &str, key: &str, node: Node) {
    let table = all.entry(section.to_owned()).or_insert_with(|| Node::Table(BTreeMap::new()));
    if let Node::Table(table) = table {
        table.insert(key.to_owned(), node);
    }
}

fn node(value: &toml::Spanned<DeValue<'_>>, text: &str, origin: &dyn Fn(usize) -> String) -> Node {
    let span = value.span();
    match value.get_ref() {
        DeValue::Array(list) => Node::List(list.iter().map(|value| node(value, text, origin)).collect()),
        // A table in braces is a value like any other.
        DeValue::Table(table) if !text.get(span.clone()).is_some_and(|text| text.starts_with('{')) => Node::Table(
            table.iter().map(|(key, value)| (key.get_ref().to_string(), node(value, text, origin))).collect(),
        ),
        _ => Node::Leaf(text.get(span.clone()).unwrap_or_default().to_owned(), origin(span.start)),
    }
}

/// Puts a value over what is there. `path` is its name from the root.
fn overlay(table: &mut BTreeMap<String, Node>, key: &str, later: Node, path: &str) {
    match (table.get_mut(key), later) {
        (Some(Node::Table(own)), Node::Table(later)) => {
            for (key, value) in later {
                overlay(own, &key, value, &format!("{path}.{key}"));
            }
        }
        (Some(Node::List(own)), Node::List(later)) if path == "inventory.mapping" => drop(own.splice(..0, later)),
        (Some(Node::List(own)), Node::List(later)) if path != "scan.only" => own.extend(later),
        (_, later) => drop(table.insert(key.to_owned(), later)),
    }
}

fn table(text: &mut String, path: &str, values: &BTreeMap<String, Node>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let is_table = |node: &Node| matches!(node, Node::Table(_));
    let of_tables = |node: &Node| matches!(node, Node::List(list) if !list.is_empty() && list.iter().all(is_table));
    let plain: Vec<_> = values.iter().filter(|(_, node)| !is_table(node) && !of_tables(node)).collect();
    if !plain.is_empty() && !path.is_empty() && !text.ends_with("]]\n") {
        head(text, &format!("[{path}]"));
    }
    for (key, node) in plain {
        match node {
            Node::Leaf(value, origin) => _ = writeln!(text, "{key} = {value}  # {origin}"),
            Node::List(list) if list.is_empty() => _ = writeln!(text, "{key} = []"),
            Node::List(list) => {
                let _ = writeln!(text, "{key} = [");
                for element in list {
                    match element {
                        Node::Leaf(value, origin) => _ = writeln!(text, "    {value},  # {origin}"),
                        other => _ = writeln!(text, "    {},", inline(other)),
                    }
                }
                text.push_str("]\n");
            }
            Node::Table(_) => {}
        }
    }
    for (key, node) in values {
        match node {
            Node::Table(values) => table(text, &below(key), values),
            Node::List(list) if of_tables(node) => {
                for element in list {
                    head(text, &format!("[[{}]]", below(key)));
                    if let Node::Table(values) = element {
                        table(text, &below(key), values);
                    }
                }
            }
            _ => {}
        }
    }
}

fn head(text: &mut String, head: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{head}");
}

fn inline(node: &Node) -> String {
    match node {
        Node::Leaf(value, _) => value.clone(),
        Node::List(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Node::Table(values) => {
            let pairs: Vec<String> = values.iter().map(|(key, node)| format!("{key} = {}", inline(node))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

fn json_of_table(all: &BTreeMap<String, Node>) -> Value {
    Value::Object(all.iter().map(|(key, node)| (key.clone(), json_of(node))).collect())
}

fn json_of(node: &Node) -> Value {
    match node {
        Node::Leaf(value, origin) => json!({ "value": literal(value), "origin": origin }),
        Node::List(list) => list.iter().map(json_of).collect(),
        Node::Table(values) => json_of_table(values),
    }
}

/// A value of TOML as JSON; dates are texts.
fn literal(text: &str) -> Value {
    let plain = |value: toml::Value| match value {
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        other => serde_json::to_value(other).unwrap_or(Value::Null),
    };
    let document = toml::from_str::<toml::Table>(&format!("value = {text}"));
    document.ok().and_then(|mut table| table.remove("value")).map_or(Value::Null, plain)
}
