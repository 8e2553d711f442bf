//! What a data file says about its own format: the key `format`, the schema for editors, the waiver for an
//! unofficial format, and the places of its waivers.

use crate::format::Format;
use crate::record::{self, KeyNames, Node, Value};
use crate::source::Source;

use super::patch::Patches;
use super::plan::Plan;
use super::script::Script;
use super::{Change, ChangeKind};

/// The rule that a file in a format other than its year's offends.
const RULE: &str = "FORMAT-YEAR";

/// Gives the waivers of a file, before its rows are rewritten, the places of the new form.
pub(super) fn move_waivers(text: &str, plan: &Plan) -> String {
    let source = Source::new("", text);
    let (record, _) = record::parse(&source, &KeyNames::default());
    let Some(Node { value: Value::Array(waivers), .. }) = record.get("waivers") else {
        return text.to_owned();
    };
    let mut patches = Patches::default();
    for waiver in waivers {
        let Some(place) = waiver.as_table().and_then(|table| table.get("where")) else { continue };
        let Some(path) = place.as_str() else { continue };
        let Some(new) = plan.renamed(path).filter(|new| new != path) else { continue };
        patches.replace(place.span.clone(), format!("\"{new}\""));
    }
    patches.apply(text)
}

/// Makes a file name its new format. When the format is not the official one of the year, the file says so and
/// carries a waiver, since the change is wanted.
pub(super) fn rename(
    text: &str,
    from: &Format,
    to: &Format,
    is_official: bool,
    changes: &mut Vec<Change>,
) -> String {
    let script = Script::read(text);
    let mut patches = Patches::default();
    rename_schema(text, &script, from, to, &mut patches);
    let named = script.statement("format");
    if let Some(statement) = named {
        patches.replace(statement.value.clone(), format!("\"{}\"", to.id()));
    } else if !is_official {
        let first = script.statements.iter().map(|statement| statement.lines.start);
        let first = first.chain(script.headers.iter().map(|header| header.lines.start)).min();
        patches.insert(first.unwrap_or(0), format!("format = \"{}\"\n\n", to.id()));
    }
    if named.is_some() || !is_official {
        let message = format!("format = \"{}\"", to.id());
        changes.push(Change { kind: ChangeKind::Format, path: "format".to_owned(), message });
    }
    set_waiver(text, from, to, is_official, &mut patches, changes);
    patches.apply(text)
}

fn rename_schema(text: &str, script: &Script, from: &Format, to: &Format, patches: &mut Patches) {
    let schema = |id: &str| format!("nianbao-{id}.schema.json");
    let Some(note) = script.notes.first().filter(|note| note.lines.start == 0) else { return };
    let line = &text[note.span.clone()];
    if line.starts_with("#:schema") {
        patches.replace(note.span.clone(), line.replace(&schema(from.id()), &schema(to.id())));
    }
}

/// How the reason of a waiver that was put in begins and ends.
const REASON: (&str, &str) = ("由 ", " 格式");

fn reason(from: &Format, to: &Format) -> String {
    format!("{}{} 格式改写为 {}{}", REASON.0, from.id(), to.id(), REASON.1)
}

/// Adds the waiver, or takes away the one that an earlier change of format put in.
fn set_waiver(
    text: &str,
    from: &Format,
    to: &Format,
    is_official: bool,
    patches: &mut Patches,
    changes: &mut Vec<Change>,
) {
    let source = Source::new("", text);
    let (record, _) = record::parse(&source, &KeyNames::default());
    let waivers = record.get("waivers");
    let items = match waivers.map(|node| &node.value) {
        Some(Value::Array(items)) => items.as_slice(),
        _ => &[],
    };
    let known = items.iter().find(|item| {
        let rule = item.as_table().and_then(|table| table.get("rule")).and_then(Node::as_str);
        rule == Some(RULE)
    });
    let change =
        |message: String| Change { kind: ChangeKind::Format, path: "waivers".to_owned(), message };
    match (known, is_official) {
        (Some(waiver), true) if is_ours(waiver) && take_away(text, waiver, patches) => {
            changes.push(change(format!("删去对 {RULE} 的豁免：已经是该年度的格式")));
        }
        (None, false) => {
            changes.push(change(format!("加上对 {RULE} 的豁免：不是该年度的法定格式")));
            let why = reason(from, to);
            let inline = waivers
                .filter(|node| text[node.span.clone()].starts_with('[') && is_list(text, node));
            match inline {
                Some(node) => {
                    let inner = text[node.span.start + 1..node.span.end - 1].trim_end();
                    let comma = if inner.is_empty() || inner.ends_with(',') { "" } else { ", " };
                    let at = node.span.start + 1 + inner.len();
                    let item = format!(
                        "{comma}{{ rule = \"{RULE}\", where = \"format\", reason = \"{why}\" }}"
                    );
                    patches.insert(at, item);
                }
                None => {
                    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
                    patches.insert(text.len(), format!("{end}{}", block(&why)));
                }
            }
        }
        _ => {}
    }
}

/// Whether the value of `waivers` is an array in one statement, and not tables with headers.
fn is_list(text: &str, node: &Node) -> bool {
    !text[node.span.clone()].starts_with("[[")
        || matches!(&node.value, Value::Array(items) if items.iter().all(|item| item.as_table().is_none()))
}

fn block(reason: &str) -> String {
    format!("\n[[waivers]]\nrule = \"{RULE}\"\nwhere = \"format\"\nreason = \"{reason}\"\n")
}

fn is_ours(waiver: &Node) -> bool {
    let reason = waiver.as_table().and_then(|table| table.get("reason")).and_then(Node::as_str);
    reason.is_some_and(|reason| {
        reason.starts_with(REASON.0) && reason.ends_with(REASON.1) && reason.contains("格式改写为")
    })
}

/// Takes a waiver out of the file.
fn take_away(text: &str, waiver: &Node, patches: &mut Patches) -> bool {
    let reason = waiver.as_table().and_then(|table| table.get("reason")).and_then(Node::as_str);
    let own = block(reason.unwrap_or_default());
    if let Some(at) = text.find(&own) {
        patches.replace(at..at + own.len(), String::new());
        return true;
    }
    if text[waiver.span.clone()].starts_with('{') {
        // In a list: with the comma before it, or behind it.
        let before = text[..waiver.span.start].trim_end();
        let start = if before.ends_with(',') { before.len() - 1 } else { waiver.span.start };
        let rest = &text[waiver.span.end..];
        let behind = rest.len() - rest.trim_start_matches([',', ' ']).len();
        let end =
            if start == waiver.span.start { waiver.span.end + behind } else { waiver.span.end };
        patches.replace(start..end, String::new());
        return true;
    }
    let script = Script::read(text);
    let header = script.headers.iter().position(|header| header.lines.contains(&waiver.span.start));
    let Some(header) = header else { return false };
    let own = script.statements.iter().filter(|statement| statement.header == Some(header));
    for statement in own {
        patches.replace(statement.lines.clone(), String::new());
    }
    patches.replace(script.headers[header].lines.clone(), String::new());
    true
}
