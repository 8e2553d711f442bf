//! Keys and kinds: what may stand where, and what a changed, removed or new entry of a list must say.

use toml::{Table as Data, Value as Datum};

use crate::record::{Entry, Node as Tree, Table, Value};
use crate::source::{Source, Span};

use super::super::mistake::{Mistake, suggestion};
use super::learned::Node;

/// Words by which a later format changes a list of an earlier one.
const CHANGES: [&str; 3] = ["remove", "after", "before"];

/// What a new entry must say, by the list's key.
const REQUIRED: [(&str, &[&str]); 8] = [
    ("part", &["heading"]),
    ("item", &["kind"]),
    ("basis", &["name", "number"]),
    ("carry", &["from", "to"]),
    ("table", &["title", "summary", "orientation"]),
    ("columns", &["label"]),
    ("group", &["label"]),
    ("row", &["label"]),
];

/// Keys with a choice of few words, by the key of the list.
const CHOICES: [(&str, &str, &[&str]); 6] = [
    ("item", "kind", &["text", "section", "table", "sentence"]),
    ("figures", "kind", &["count", "change", "amount", "money"]),
    ("columns", "kind", &["count", "change", "amount", "money"]),
    ("table", "orientation", &["rows", "columns"]),
    ("rule", "level", &["error", "warning", "note"]),
    (
        "rule",
        "kind",
        &[
            "form",
            "row-sum",
            "column-sum",
            "balance",
            "format-year",
            "split-cell",
            "previous-equal",
            "previous-flow",
            "needs-base",
            "at-least",
            "agency-zero",
        ],
    ),
];

pub(super) fn check(
    source: &Source,
    table: &Table,
    base: &Data,
    known: Option<&Node>,
    mistakes: &mut Vec<Mistake>,
) {
    let Some(known) = known else { return };
    let mut checker = Checker { source, mistakes };
    checker.table("", table, Some(base), known);
    let is_format = source.name().ends_with("/format.toml");
    if is_format {
        for (key, example) in [
            ("id", "id = \"2030\""),
            ("name", "name = \"2030 年格式\""),
            ("years", "years = { from = 2030 }"),
        ] {
            if table.entry(key).is_none() {
                checker.wrong(&(0..0), format!("缺少 {key}，例如 {example}"));
            }
        }
    }
}

struct Checker<'a> {
    source: &'a Source,
    mistakes: &'a mut Vec<Mistake>,
}

impl Checker<'_> {
    fn wrong(&mut self, span: &Span, message: String) {
        self.mistakes.push(Mistake::at(self.source, span, message));
    }

    /// A table at a place that is named by the list it is an entry of.
    fn table(&mut self, list: &str, table: &Table, base: Option<&Data>, known: &Node) {
        for entry in &table.entries {
            if known.is_list && CHANGES.contains(&entry.key.as_str()) {
                continue;
            }
            let Some(inner) = known.keys.get(&entry.key) else {
                let keys = known.keys.keys().map(String::as_str);
                let more = if known.is_list { CHANGES.as_slice() } else { &[] };
                let like =
                    suggestion(&entry.key, keys.chain(more.iter().copied()).collect::<Vec<_>>());
                self.wrong(&entry.key_span, format!("没有 {} 这个键{like}", entry.key));
                continue;
            };
            self.value(list, entry, base.and_then(|base| base.get(&entry.key)), inner);
        }
    }

    fn value(&mut self, list: &str, entry: &Entry, base: Option<&Datum>, known: &Node) {
        match &entry.node.value {
            Value::Table(table) if known.kind == "表" => {
                self.table(&entry.key, table, base.and_then(Datum::as_table), known);
            }
            Value::Array(items) if known.is_list => {
                let none = Vec::new();
                let base = base.and_then(Datum::as_array).unwrap_or(&none);
                self.list(&entry.key, items, base, known);
            }
            Value::String(word) => {
                if known.kind != "文字" {
                    self.kind(entry, known.kind);
                }
                let choice = CHOICES.iter().find(|(of, key, _)| *of == list && *key == entry.key);
                if let Some((.., words)) = choice
                    && !words.contains(&word.as_str())
                    && !known.words.contains(word)
                {
                    let like = suggestion(word, words.iter().copied());
                    self.wrong(&entry.node.span, format!("{} 不能是 {word}{like}", entry.key));
                }
            }
            other if other.kind_label() != known.kind => self.kind(entry, known.kind),
            _ => {}
        }
    }

    fn kind(&mut self, entry: &Entry, wanted: &str) {
        let found = entry.node.value.kind_label();
        self.wrong(&entry.node.span, format!("{} 应当是{wanted}，写成了{found}", entry.key));
    }

    fn list(&mut self, list: &str, items: &[Tree], base: &[Datum], known: &Node) {
        let name = if list == "rule" { "code" } else { "key" };
        let id = |datum: &Datum| datum.get(name).and_then(Datum::as_str).map(str::to_owned);
        let mut ids: Vec<String> = base.iter().filter_map(id).collect();
        let mut seen: Vec<String> = Vec::new();
        for item in items {
            let Some(table) = item.as_table() else {
                self.wrong(&item.span, format!("{list} 的每一项写成 {{ {name} = \"…\", … }}"));
                continue;
            };
            let Some(entry) = table.entry(name) else {
                self.wrong(&item.span, format!("{list} 的这一项缺少 {name}"));
                continue;
            };
            let Some(own) = entry.node.as_str().map(str::to_owned) else { continue };
            if seen.contains(&own) {
                self.wrong(&entry.node.span, format!("{list} 里 {own} 写了两次"));
            }
            let old = base.iter().find(|datum| id(datum).as_deref() == Some(own.as_str()));
            self.changes(list, table, entry, &own, &ids);
            let removes = table.get("remove").is_some();
            if old.is_none() && !removes {
                let inherited: Vec<String> = base.iter().filter_map(id).collect();
                self.new_entry(list, table, entry, &own, &inherited);
            }
            self.table(list, table, old.and_then(Datum::as_table), known);
            match removes {
                true => ids.retain(|id| *id != own),
                false if !ids.contains(&own) => ids.push(own.clone()),
                false => {}
            }
            seen.push(own);
        }
    }

    /// `remove`, `after`, `before`: each must name something that is there.
    fn changes(&mut self, list: &str, table: &Table, entry: &Entry, own: &str, ids: &[String]) {
        let known = || ids.iter().map(String::as_str).collect::<Vec<_>>();
        if let Some(removed) = table.entry("remove") {
            if removed.node.value != Value::Boolean(true) {
                self.wrong(&removed.node.span, "remove 只能写 true；不删就去掉这个键".to_owned());
            }
            if !ids.iter().any(|id| id == own) {
                let like = suggestion(own, known());
                let message = format!("要删的 {own} 不在沿用的 {list} 里{like}");
                self.wrong(&entry.node.span, message);
            }
        }
        let places: Vec<&Entry> =
            ["after", "before"].iter().filter_map(|key| table.entry(key)).collect();
        if let [first, second] = places.as_slice() {
            let span = first.key_span.start.max(second.key_span.start);
            self.wrong(&(span..span), "after 和 before 只能写一个".to_owned());
        }
        for place in places {
            match place.node.as_str() {
                Some(word) if ids.iter().any(|id| id == word) && word != own => {}
                Some(word) => {
                    let like = suggestion(word, known());
                    self.wrong(
                        &place.node.span,
                        format!("{} 指的 {word} 不在 {list} 里{like}", place.key),
                    );
                }
                None => self.wrong(&place.node.span, format!("{} 应当是加引号的名字", place.key)),
            }
        }
    }

    fn new_entry(&mut self, list: &str, table: &Table, entry: &Entry, own: &str, ids: &[String]) {
        let is_plain = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        if list != "rule" && !own.split('.').all(is_plain) {
            let message = format!("键名 {own} 只能用小写字母、数字和下划线，以字母开头");
            self.wrong(&entry.node.span, message);
        }
        let required =
            REQUIRED.iter().find(|(key, _)| *key == list).map_or(&[][..], |(_, keys)| keys);
        let missing: Vec<&str> =
            required.iter().copied().filter(|key| table.entry(key).is_none()).collect();
        // One letter or two of a longer word: more likely the wrong word than a new one.
        let like = ids.iter().find(|id| {
            let distance = strsim::osa_distance(id, own);
            // Numbers are counted on: `article_20_7` beside `article_20_8` is meant.
            let words = |key: &str| key.replace(|c: char| c.is_ascii_digit(), "");
            distance <= 2 && own.len() > 4 && id.len() > 4 && words(id) != words(own)
        });
        match (missing.is_empty(), like) {
            (false, Some(like)) => {
                self.wrong(
                    &entry.node.span,
                    format!("沿用的 {list} 里没有 {own}，是不是 {like}？"),
                );
            }
            (false, None) => {
                let missing = missing.join("、");
                let near = suggestion(own, ids.iter().map(String::as_str).collect::<Vec<_>>());
                self.wrong(
                    &entry.node.span,
                    format!("{own} 是新的，缺少 {missing}；要改的是已有的就写对它的名字{near}"),
                );
            }
            (true, Some(like)) => {
                let message = format!("{own} 是新增的；要改的如果是 {like}，把名字写对");
                self.mistakes.push(Mistake::at(self.source, &entry.node.span, message).doubt());
            }
            (true, None) => {}
        }
    }
}
