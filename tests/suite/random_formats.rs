//! Formats made from 2021 by random edits load, check, build, read back and migrate.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use nianbao::export::Standards;
use nianbao::format::{Catalog, survey_directory};
use nianbao::generator::{Config, Generator, Input};
use nianbao::migrate::{migrate, skeleton};
use nianbao::verify::verify;

use crate::factory::{self, Dice};
use crate::support::root;

/// Rows of table three that no accounting rule names, with their group.
const ROWS: [(&str, &str); 12] = [
    ("refused.state_secret", "refused"),
    ("refused.security_and_stability", "refused"),
    ("refused.internal_affairs", "refused"),
    ("refused.enforcement_file", "refused"),
    ("unavailable.needs_compilation", "unavailable"),
    ("unavailable.unclear", "unavailable"),
    ("not_processed.petition", "not_processed"),
    ("not_processed.repeated", "not_processed"),
    ("not_processed.publication", "not_processed"),
    ("other.not_corrected", "other"),
    ("other.fee_unpaid", "other"),
    ("other.misc", "other"),
];

const COLUMNS: [&str; 5] = ["commercial", "research", "welfare", "legal_services", "other"];

/// A `schema.toml` of some edits of table three.
fn schema(dice: &mut Dice) -> String {
    let mut columns = Vec::new();
    let mut gone = BTreeSet::new();
    for _ in 0..dice.below(3) {
        let key = *dice.pick(&COLUMNS);
        if gone.insert(key) {
            columns.push(match dice.below(3) {
                0 => format!("{{ key = \"{key}\", label = \"申请人甲{key}\" }}"),
                1 => format!("{{ key = \"{key}\", before = \"natural_person\" }}"),
                _ => format!("{{ key = \"{key}\", remove = true }}"),
            });
        }
    }
    for at in 0..dice.below(3) {
        let after = if dice.below(2) == 0 { "natural_person" } else { "total" };
        let word = if after == "total" { "before" } else { "after" };
        columns.push(format!(
            "{{ key = \"added_{at}\", label = \"新增人{at}\", under = [\"申请人情况\"], {word} = \"{after}\" }}"
        ));
    }
    let mut text =
        String::from("[[table]]\nkey = \"requests\"\n\n[[table.section]]\nkey = \"requests\"\n");
    if !columns.is_empty() {
        let _ = writeln!(text, "columns = [ {} ]", columns.join(", "));
    }
    if dice.below(2) == 0 {
        text += "\n[[table.section.group]]\nkey = \"refused\"\nlabel = \"（三）不予以公开\"\n";
    }
    if dice.below(3) == 0 {
        text += "\n[[table.section.group]]\nkey = \"moved\"\nlabel = \"（六之一）转办\"\n";
        text += "\n[[table.section.row]]\nkey = \"moved.by_letter\"\nlabel = \"1.去函\"\nunder = [\"results\", \"moved\"]\nbefore = \"total\"\n";
    }
    let mut removed: Vec<&str> = Vec::new();
    for (at, (row, group)) in
        dice.clone().some(&ROWS, dice.below(6) as usize).into_iter().enumerate()
    {
        let _ = dice.below(2);
        match dice.below(4) {
            0 => {
                let _ = write!(
                    text,
                    "\n[[table.section.row]]\nkey = \"{row}\"\nlabel = \"{at}.改称{at}\"\n"
                );
            }
            1 => {
                removed.push(row);
                let _ = write!(text, "\n[[table.section.row]]\nkey = \"{row}\"\nremove = true\n");
            }
            2 if !removed.contains(row) => {
                let _ = write!(
                    text,
                    "\n[[table.section.row]]\nkey = \"{group}.new_{at}\"\nlabel = \"{at}.新增{at}\"\nunder = [\"results\", \"{group}\"]\nafter = \"{row}\"\n"
                );
            }
            _ => {
                let _ = write!(
                    text,
                    "\n[[table.section.row]]\nkey = \"{row}\"\nafter = \"received\"\nunder = []\n"
                );
            }
        }
    }
    text
}

fn write(folder: &Path, seed: u64) -> String {
    let mut dice = Dice::new(seed ^ 0xF0F0);
    let home = folder.join("2040");
    fs::create_dir_all(&home).expect("a folder");
    let format = "id = \"2040\"\nextends = \"2021\"\nname = \"随机\"\nyears = { from = 2040 }\n[[part]]\nkey = \"problems\"\nheading = \"五、问题\"\n";
    let schema = schema(&mut dice);
    fs::write(home.join("format.toml"), format).expect("a file");
    fs::write(home.join("schema.toml"), &schema).expect("a file");
    let catalog =
        Catalog::load(Some(folder)).unwrap_or_else(|error| panic!("{seed}: {error}\n{schema}"));
    let (old, new) = (catalog.get("2021").expect("2021"), catalog.get("2040").expect("2040"));
    fs::write(home.join("mapping.toml"), skeleton(old, new)).expect("a file");
    schema
}

/// How many formats are tried: `NIANBAO_FORMATS` raises it.
fn rounds() -> u64 {
    std::env::var("NIANBAO_FORMATS").ok().and_then(|count| count.parse().ok()).unwrap_or(12)
}

#[test]
fn random_formats_load_check_build_and_migrate() {
    for seed in 0..rounds() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let schema = write(folder.path(), seed);
        let surveys = survey_directory(folder.path()).expect("a folder of formats");
        let wrong: Vec<_> = surveys
            .iter()
            .flat_map(|survey| &survey.mistakes)
            .filter(|found| !found.is_doubt)
            .collect();
        assert!(wrong.is_empty(), "{seed}: {wrong:?}\n{schema}");
        let templates = Some(folder.path().to_owned());
        let config = Config { templates, fonts: root().join("fonts"), ..Config::default() };
        let generator = Generator::new(&config).expect("it loads");
        for report in 0..3 {
            let old = format!(
                "format = \"2021\"\n{}",
                factory::report(seed * 7 + report, false, None).toml
            );
            let there = migrate(generator.catalog(), old.as_bytes(), "2040")
                .unwrap_or_else(|error| panic!("{seed}: {error}\n{schema}"));
            assert_eq!(there.account.total(), 169, "{seed}: {:?}", there.account);
            for sum in &there.account.sums {
                assert_eq!(
                    sum.before,
                    sum.after + sum.left + sum.ended,
                    "{seed}: {sum:?}\n{schema}"
                );
            }
            let again = migrate(generator.catalog(), there.text.as_bytes(), "2021")
                .expect("there is a way back");
            assert_eq!(again.text, old, "{seed}\n{schema}\n{}", there.text);
            if report == 0 {
                build(&generator, &there.text, seed);
            }
        }
    }
}

/// Sets a report, as a draft where figures wait, and reads it back.
fn build(generator: &Generator, text: &str, seed: u64) {
    let input =
        Input { path: "a.toml".into(), bytes: text.as_bytes().to_vec(), ..Input::default() };
    let checked = generator.check(&input);
    let is_draft = checked.counts().errors > 0;
    let typeset =
        generator.typeset(&checked, is_draft).unwrap_or_else(|error| panic!("{seed}: {error}"));
    if is_draft {
        return;
    }
    let pdf = typeset.pdf(&Standards::default()).expect("a conformant PDF");
    let verified = verify(generator, &pdf, Some(&checked)).expect("a readable PDF");
    assert!(verified.findings.is_empty(), "{seed}: {:?}", verified.findings);
}
