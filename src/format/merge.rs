//! A later format states only what changed; the rest comes from the format it extends.

use toml::{Table, Value};

/// Lays `changes` over `base`. Tables merge key by key. Arrays of tables merge by the entries' `key` (or `code`):
/// an entry of a known key changes it, `remove = true` drops it, a new one is put at the end or where `after` or
/// `before` names. Everything else replaces.
pub(super) fn merge(base: Table, changes: Table) -> Table {
    let mut merged = base;
    for (key, change) in changes {
        let value = match (merged.remove(&key), change) {
            (Some(Value::Table(old)), Value::Table(new)) => Value::Table(merge(old, new)),
            (Some(Value::Array(old)), Value::Array(new)) if are_keyed(&old) && are_keyed(&new) => {
                Value::Array(merge_keyed(old, new))
            }
            (None, Value::Array(new)) if are_keyed(&new) => {
                Value::Array(merge_keyed(Vec::new(), new))
            }
            (_, new) => new,
        };
        merged.insert(key, value);
    }
    merged
}

fn are_keyed(entries: &[Value]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| identity(entry).is_some())
}

fn identity(entry: &Value) -> Option<&str> {
    let table = entry.as_table()?;
    table.get("key").or_else(|| table.get("code"))?.as_str()
}

fn merge_keyed(mut entries: Vec<Value>, changes: Vec<Value>) -> Vec<Value> {
    let mut ids: Vec<String> = entries.iter().filter_map(identity).map(str::to_owned).collect();
    for change in changes {
        let id = identity(&change).unwrap_or_default().to_owned();
        let Value::Table(mut change) = change else { continue };
        let old = ids.iter().position(|known| *known == id);
        let removes = change.remove("remove") == Some(Value::Boolean(true));
        let place = place(&mut change, &ids);
        match (old, removes) {
            (Some(at), true) => {
                ids.remove(at);
                entries.remove(at);
            }
            (None, true) => {}
            (Some(at), false) => {
                ids.remove(at);
                if let Value::Table(old) = entries.remove(at) {
                    let to = place.map_or(at, |to| if to > at { to - 1 } else { to });
                    ids.insert(to, id);
                    entries.insert(to, Value::Table(merge(old, change)));
                }
            }
            (None, false) => {
                let to = place.unwrap_or(entries.len());
                ids.insert(to, id);
                entries.insert(to, Value::Table(merge(Table::new(), change)));
            }
        }
    }
    entries
}

/// Takes `after` or `before` out of a change and finds the index they name.
fn place(change: &mut Table, ids: &[String]) -> Option<usize> {
    let find = |key: Option<Value>| {
        let key = key?;
        let key = key.as_str()?;
        ids.iter().position(|id| id == key)
    };
    let after = find(change.remove("after")).map(|at| at + 1);
    let before = find(change.remove("before"));
    after.or(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_laid_over_the_base() {
        let base: Table = toml::from_str(
            "a = 1\n[[row]]\nkey = \"x\"\nlabel = \"X\"\n[[row]]\nkey = \"y\"\nlabel = \"Y\"\n",
        )
        .expect("valid TOML");
        let changes: Table = toml::from_str(
            "b = 2\n[[row]]\nkey = \"z\"\nlabel = \"Z\"\nafter = \"x\"\n[[row]]\nkey = \"y\"\nremove = true\n\
             [[row]]\nkey = \"x\"\nunit = \"u\"\n",
        )
        .expect("valid TOML");
        let merged = merge(base, changes);
        let wanted: Table = toml::from_str(
            "a = 1\nb = 2\n[[row]]\nkey = \"x\"\nlabel = \"X\"\nunit = \"u\"\n[[row]]\nkey = \"z\"\nlabel = \"Z\"\n",
        )
        .expect("valid TOML");
        assert_eq!(merged, wanted);
    }
}
