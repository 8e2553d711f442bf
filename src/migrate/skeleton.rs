//! The differences of two formats as lines to decide: the skeleton of a `mapping.toml`, and what one leaves open.

use std::sync::Arc;

use crate::format::{Catalog, Format, ItemKind, Mistake, nearest};

use super::grid::{Grid, Line, one_line};
use super::mapping::{self, Rule, Step, Subject};

/// A difference that no rule of a step speaks of.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The list of the step that it belongs to: `row`, `column` …
    pub list: &'static str,
    /// The line to put there.
    pub line: String,
    /// What it is about and what may be written, for people.
    pub about: String,
}

/// The skeleton of both directions.
pub fn skeleton(from: &Arc<Format>, to: &Arc<Format>) -> String {
    let mut text = format!(
        "# {old} 格式与 {new} 格式之间改写数据文件（nianbao migrate）。键名相同的照搬，不必写出。\n\
         # 下面每一行是一处不同，逐行决定：\n\
         #   from, to      改名、并入；from 写几个是合并，to 写几个是拆开（不全是 0 的由人分开）\n\
         #   from, why     没有去处：不为 0 的由人决定\n\
         #   from, ends    不再统计：原数留在注释里，不问人\n\
         #   to, value     新增的，填这个数；不写 value 就由人填写\n\
         # 一个方向做不到，就在那一组里写 impossible = \"原因\"，其余的行删去。\n",
        old = from.id(),
        new = to.id(),
    );
    for (old, new) in [(from, to), (to, from)] {
        text += &group(old, new, &differences(old, new, None));
    }
    text
}

fn group(old: &Format, new: &Format, differences: &[Difference]) -> String {
    let (old, new) = (old.id(), new.id());
    let mut text = format!("\n[{old}-{new}]\nfrom = \"{old}\"\nto = \"{new}\"\n");
    for list in ["table", "row", "column", "text", "sentence"] {
        let own: Vec<&Difference> = differences.iter().filter(|own| own.list == list).collect();
        if own.is_empty() {
            continue;
        }
        text += &format!("{list} = [\n");
        for difference in own {
            text += &format!("  # {}\n  {},\n", difference.about, difference.line);
        }
        text += "]\n";
    }
    text
}

/// What a format's own mapping says, with its mistakes, and what it leaves open in each direction.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    /// Mistakes of the mapping.
    pub mistakes: Vec<Mistake>,
    /// By direction: the name of the step, its line where it is there, and what it leaves open.
    pub steps: Vec<(String, Option<usize>, Vec<Difference>)>,
}

/// Looks at the steps between a format and the one that it extends.
pub fn decided(catalog: &Catalog, from: &Arc<Format>, to: &Arc<Format>) -> Decided {
    let mut decided = Decided::default();
    let steps = mapping::steps(catalog, to, &mut decided.mistakes);
    for (old, new) in [(from, to), (to, from)] {
        let name = format!("{}-{}", old.id(), new.id());
        let found = steps.iter().find(|step| step.from == old.id() && step.to == new.id());
        let open = match found {
            Some(step) if step.impossible.is_some() => Vec::new(),
            found => differences(old, new, found),
        };
        let line = found.and_then(|step| step.place.rsplit_once(':')?.1.parse().ok());
        decided.steps.push((name, line, open));
    }
    decided
}

/// The differences of two formats that a step does not speak of.
fn differences(from: &Format, to: &Format, step: Option<&Step>) -> Vec<Difference> {
    let (old, new) = (Grid::new(from), Grid::new(to));
    let rules = step.map_or(&[][..], |step| &step.rules);
    let work = Work { old: &old, new: &new, rules };
    let mut found = work.tables();
    found.extend(work.rows());
    found.extend(work.columns());
    found.extend(work.texts());
    found.extend(work.sentences(from, to));
    found
}

struct Work<'a> {
    old: &'a Grid,
    new: &'a Grid,
    rules: &'a [Rule],
}

impl Work<'_> {
    fn speaks(&self, subject: Subject, name: &str, is_old: bool) -> bool {
        let names = |rule: &Rule| if is_old { rule.from.clone() } else { rule.to.clone() };
        self.rules
            .iter()
            .any(|rule| rule.subject == subject && names(rule).iter().any(|own| own == name))
    }

    /// The key that a table of the old form has in the new one.
    fn table(&self, key: &str) -> Option<String> {
        let renamed = self
            .rules
            .iter()
            .find(|rule| rule.subject == Subject::Table && rule.from.iter().any(|own| own == key));
        match renamed {
            Some(rule) => rule.to.first().cloned(),
            None => Some(key.to_owned()).filter(|key| self.new.containers().contains(key)),
        }
    }

    fn tables(&self) -> Vec<Difference> {
        let (old, new) = (self.old.containers(), self.new.containers());
        let gone =
            old.iter().filter(|key| !new.contains(key) && !self.speaks(Subject::Table, key, true));
        let gone = gone.map(|key| Difference {
            list: "table",
            line: format!(
                "{{ from = \"{key}\", why = \"{} 格式没有这个表或部分\" }}",
                self.new.id()
            ),
            about: format!("没有了 {key}：改了名就写 to = \"新名\"{}", like(key, &new)),
        });
        gone.collect()
    }

    fn rows(&self) -> Vec<Difference> {
        let gone = self.old.lines.iter().filter(|line| {
            let same = self
                .table(&line.table)
                .map(|table| format!("{table}{}", &line.path[line.table.len()..]));
            let has_figure_rules = line
                .slots
                .iter()
                .all(|slot| self.speaks(Subject::Figure, &self.old.slots[*slot].path, true));
            same.is_some_and(|same| self.new.line(&same).is_none())
                && !self.speaks(Subject::Row, &line.path, true)
                && !has_figure_rules
        });
        let fresh = self.new.lines.iter().filter(|line| {
            let was = self.old.lines.iter().any(|old| {
                let table = self.table(&old.table).unwrap_or_default();
                format!("{table}{}", &old.path[old.table.len()..]) == line.path
            });
            // A sentence that is new is asked for as a sentence.
            !was && !line.is_sentence
                && !line.is_sum
                && !self.speaks(Subject::Row, &line.path, false)
                && !line
                    .slots
                    .iter()
                    .all(|slot| self.speaks(Subject::Figure, &self.new.slots[*slot].path, false))
        });
        let fresh: Vec<&Line> = fresh.collect();
        let mut found: Vec<Difference> = gone
            .map(|line| {
                let renamed = fresh.iter().find(|other| is_like(line, other));
                let renamed = renamed.map_or_else(String::new, |other| {
                    format!("；看来是改名，写 to = \"{}\" 并删去那一行新增", other.path)
                });
                Difference {
                    list: "row",
                    line: format!("{{ from = \"{}\", why = \"{} 格式没有这一行\" }}", line.path, self.new.id()),
                    about: format!(
                        "没有了“{}”：并入别的行写 to = \"表.行\"；不再统计写 ends = \"原因\"；都不写由人决定{renamed}",
                        one_line(&line.label)
                    ),
                }
            })
            .collect();
        found.extend(fresh.iter().map(|line| Difference {
            list: "row",
            line: format!("{{ to = \"{}\", why = \"{} 格式新增的行\" }}", line.path, self.new.id()),
            about: format!("新增“{}”：填 0 写 value = 0；不写由人填写", one_line(&line.label)),
        }));
        found
    }

    fn columns(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        for table in self.old.table_keys() {
            let Some(new_table) = self.table(&table) else { continue };
            let several = self.old.section_keys(&table).len() > 1;
            for section in self.old.section_keys(&table) {
                if !self.new.section_keys(&new_table).contains(&section) {
                    continue;
                }
                let (old, new) =
                    (plain(self.old, &table, &section), plain(self.new, &new_table, &section));
                let place =
                    if several { format!(", section = \"{section}\"") } else { String::new() };
                for (key, label) in
                    old.iter().filter(|(key, _)| !new.iter().any(|(other, _)| other == key))
                {
                    if self.has_column(&table, &section, key, true) {
                        continue;
                    }
                    found.push(Difference {
                        list: "column",
                        line: format!("{{ table = \"{table}\"{place}, from = \"{key}\", why = \"{} 格式没有这一栏\" }}", self.new.id()),
                        about: format!("没有了“{label}”一栏：并入别的栏写 to = \"栏\"；不再统计写 ends = \"原因\"；都不写，不为 0 的由人决定"),
                    });
                }
                for (key, label) in
                    new.iter().filter(|(key, _)| !old.iter().any(|(other, _)| other == key))
                {
                    if self.has_column(&new_table, &section, key, false) {
                        continue;
                    }
                    found.push(Difference {
                        list: "column",
                        line: format!("{{ table = \"{new_table}\"{place}, to = \"{key}\", why = \"{} 格式新增的栏\" }}", self.new.id()),
                        about: format!("新增“{label}”一栏：填 0 写 value = 0；不写由人填写"),
                    });
                }
            }
        }
        found
    }

    fn has_column(&self, table: &str, section: &str, key: &str, is_old: bool) -> bool {
        let is_own = |rule: &&Rule| {
            let names = if is_old { &rule.from } else { &rule.to };
            rule.subject == Subject::Column
                && rule.section.as_ref().is_none_or(|own| own == section)
                && (rule.table.as_deref() == Some(table) || !is_old && !rule.from.is_empty())
                && names.iter().any(|own| own == key)
        };
        let grid = if is_old { self.old } else { self.new };
        let slots = grid.slots.iter().filter(|slot| {
            let line = &grid.lines[slot.line];
            slot.column == key && line.table == table && line.section == section
        });
        let mut slots = slots.peekable();
        let by_figure = slots.peek().is_some()
            && slots.all(|slot| self.speaks(Subject::Figure, &slot.path, is_old));
        by_figure || self.rules.iter().any(|rule| is_own(&rule))
    }

    fn texts(&self) -> Vec<Difference> {
        let new = self.new.texts();
        let gone = self.old.texts().into_iter().filter(|path| {
            let (part, key) = path.split_once('.').unwrap_or((path, ""));
            let same = self.table(part).map(|part| format!("{part}.{key}"));
            same.is_some_and(|same| !new.contains(&same)) && !self.speaks(Subject::Text, path, true)
        });
        let gone = gone.map(|path| Difference {
            list: "text",
            line: format!("{{ from = \"{path}\", why = \"{} 格式没有这一节\" }}", self.new.id()),
            about: format!(
                "没有了 {path} 的文字：移到别的一节写 to = \"部分.节\"{}",
                like(&path, &new)
            ),
        });
        gone.collect()
    }

    fn sentences(&self, from: &Format, to: &Format) -> Vec<Difference> {
        let required = |format: &Format| -> Vec<(String, String)> {
            let items = format
                .manifest
                .parts
                .iter()
                .flat_map(|part| part.items.iter().map(move |item| (part.key.clone(), item)));
            items
                .filter(|(_, item)| item.kind == ItemKind::Sentence && !item.optional)
                .map(|(part, item)| (format!("{part}.{}", item.key), item.label.clone()))
                .collect()
        };
        let before = required(from);
        let fresh = required(to).into_iter().filter(|(path, _)| {
            !before.iter().any(|(other, _)| other == path)
                && !self.speaks(Subject::Sentence, path, false)
        });
        let fresh = fresh.map(|(path, label)| Difference {
            list: "sentence",
            line: format!(
                "{{ to = \"{path}\", unless = [\"{label}\"], why = \"{} 格式要求报告\" }}",
                self.new.id()
            ),
            about: format!("要报告“{label}”：unless 写正文里已经说到它的词"),
        });
        fresh.collect()
    }
}

/// Keys and labels of the columns of a sub-table that are no totals.
fn plain(grid: &Grid, table: &str, section: &str) -> Vec<(String, String)> {
    let line = grid.lines.iter().position(|line| line.table == table && line.section == section);
    let Some(line) = line else { return Vec::new() };
    grid.plain(line)
        .map(|slot| (grid.slots[slot].column.clone(), one_line(&grid.slots[slot].label)))
        .collect()
}

/// Whether a row looks like another with a new name: the same words but for number and wording.
fn is_like(old: &Line, new: &Line) -> bool {
    let bare = |label: &str| -> String {
        label
            .chars()
            .filter(|c| {
                c.is_alphanumeric() && !c.is_ascii_digit() && !"一二三四五六七八九十".contains(*c)
            })
            .collect()
    };
    let (old_label, new_label) = (bare(&old.label), bare(&new.label));
    old.table == new.table
        && old.group == new.group
        && !old_label.is_empty()
        && (new_label.contains(&old_label) || old_label.contains(&new_label))
        // `其他` stands in many labels.
        && new_label.len().max(old_label.len()) <= 2 * new_label.len().min(old_label.len())
}

fn like(word: &str, known: &[String]) -> String {
    nearest(word, known.iter().map(String::as_str))
        .map_or_else(String::new, |near| format!("，看来是 {near}"))
}
