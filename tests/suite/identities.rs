//! Accounting identities against an oracle that knows the form from its description alone.
//!
//! A random consistent report has no finding about its tables; one random change to one cell gives findings that
//! name exactly the identities it breaks. The oracle works on plain arrays and shares no code with the checker.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use nianbao::generator::Input;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::generator;

const COLUMNS: [&str; 7] =
    ["natural_person", "commercial", "research", "welfare", "legal_services", "other", "total"];

/// Rows of table three in 2021: key, and whether it is an outcome that （七）总计 sums up.
const ROWS: [(&str, bool); 25] = [
    ("received", false),
    ("carried_over", false),
    ("granted", true),
    ("partly_granted", true),
    ("total", false),
    ("carried_forward", false),
    ("refused.state_secret", true),
    ("refused.prohibited_by_law", true),
    ("refused.security_and_stability", true),
    ("refused.third_party_rights", true),
    ("refused.internal_affairs", true),
    ("refused.deliberative_process", true),
    ("refused.enforcement_file", true),
    ("refused.administrative_inquiry", true),
    ("unavailable.not_held", true),
    ("unavailable.needs_compilation", true),
    ("unavailable.unclear", true),
    ("not_processed.petition", true),
    ("not_processed.repeated", true),
    ("not_processed.publication", true),
    ("not_processed.excessive", true),
    ("not_processed.reconfirmation", true),
    ("other.not_corrected", true),
    ("other.fee_unpaid", true),
    ("other.misc", true),
];
const TOTAL: usize = 4;
const APPEALS: [&str; 3] =
    ["reconsideration", "litigation_direct", "litigation_after_reconsideration"];

/// Tables three and four as plain numbers.
#[derive(Debug, Clone)]
struct Tables {
    three: [[u64; 7]; 25],
    four: [[u64; 5]; 3],
}

fn row(key: &str) -> usize {
    ROWS.iter().position(|(other, _)| *other == key).expect("a row of the form")
}

impl Tables {
    /// Fills in everything that follows from outcomes, carried-forward and carried-over counts.
    fn consistent(outcomes: &[u64], forward: &[u64], over: &[u64], appeals: &[u64]) -> Self {
        let mut tables = Tables { three: [[0; 7]; 25], four: [[0; 5]; 3] };
        let mut next = outcomes.iter();
        for (at, _) in ROWS.iter().enumerate().filter(|(_, (_, outcome))| *outcome) {
            for column in 0..6 {
                tables.three[at][column] = *next.next().expect("enough outcomes");
            }
        }
        for column in 0..6 {
            let sum: u64 = tables.outcome_rows().map(|at| tables.three[at][column]).sum();
            tables.three[TOTAL][column] = sum;
            tables.three[row("carried_forward")][column] = forward[column];
            let all = sum + forward[column];
            let carried = over[column].min(all);
            tables.three[row("carried_over")][column] = carried;
            tables.three[row("received")][column] = all - carried;
        }
        for line in &mut tables.three {
            line[6] = line[..6].iter().sum();
        }
        for (line, given) in tables.four.iter_mut().zip(appeals.chunks(4)) {
            line[..4].copy_from_slice(given);
            line[4] = given.iter().sum();
        }
        tables
    }

    fn outcome_rows(&self) -> impl Iterator<Item = usize> + use<> {
        ROWS.iter().enumerate().filter(|(_, (_, outcome))| *outcome).map(|(at, _)| at)
    }

    /// The identities that do not hold, as (rule, path).
    fn broken(&self) -> BTreeSet<(String, String)> {
        let mut broken = BTreeSet::new();
        for (at, (key, _)) in ROWS.iter().enumerate() {
            if self.three[at][..6].iter().sum::<u64>() != self.three[at][6] {
                broken.insert(("T3-ROW-SUM".to_owned(), format!("requests.{key}.total")));
            }
        }
        for (column, name) in COLUMNS.iter().enumerate() {
            let path = format!("requests.total.{name}");
            let sum: u64 = self.outcome_rows().map(|at| self.three[at][column]).sum();
            if sum != self.three[TOTAL][column] {
                broken.insert(("T3-OUTCOME-SUM".to_owned(), path.clone()));
            }
            let value = |key: &str| self.three[row(key)][column];
            if value("received") + value("carried_over")
                != value("total") + value("carried_forward")
            {
                broken.insert(("T3-BALANCE".to_owned(), path));
            }
        }
        for (line, key) in self.four.iter().zip(APPEALS) {
            if line[..4].iter().sum::<u64>() != line[4] {
                broken.insert(("T4-SUM".to_owned(), format!("appeals.{key}.total")));
            }
        }
        broken
    }

    fn data_file(&self) -> String {
        let mut text = String::from(
            "[report]\nagency = \"云河市水务局\"\nyear = 2023\n[overview]\ntext = \"一段话。\"\n\
             [proactive_disclosure]\nregulations = 0\nnormative_documents = 0\nlicensing = 0\npenalties = 0\n\
             compulsory_measures = 0\nfees = 0\n[problems]\ntext = \"一段话。\"\n[other_matters]\ntext = \"一段话。\"\n",
        );
        let list = |numbers: &[u64]| {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            numbers.join(", ")
        };
        for (line, (key, _)) in self.three.iter().zip(ROWS) {
            writeln!(text, "requests.{key} = [{}]", list(line)).expect("writing to a string");
        }
        for (line, key) in self.four.iter().zip(APPEALS) {
            writeln!(text, "appeals.{key} = [{}]", list(line)).expect("writing to a string");
        }
        // Dotted keys must stand before the first table header.
        let at = text.find("requests.").expect("table three");
        let dotted = text.split_off(at);
        dotted + &text
    }

    fn found(&self) -> BTreeSet<(String, String)> {
        let input = Input {
            path: "report.toml".into(),
            bytes: self.data_file().into_bytes(),
            ..Input::default()
        };
        let checked = generator().check(&input);
        let of_form = |rule: &str| rule.starts_with("T3-") || rule.starts_with("T4-");
        checked
            .diagnostics
            .iter()
            .inspect(|finding| {
                let allowed =
                    of_form(&finding.rule) || finding.level != nianbao::diagnostic::Level::Error;
                assert!(allowed, "{finding:?}");
            })
            .filter(|finding| of_form(&finding.rule))
            .map(|finding| (finding.rule.clone(), finding.path.clone()))
            .collect()
    }
}

fn tables() -> impl Strategy<Value = Tables> {
    let numbers = |count| {
        prop::collection::vec(
            prop_oneof![3 => Just(0u64), 2 => 0u64..30, 1 => 0u64..999_999],
            count,
        )
    };
    (numbers(21 * 6), numbers(6), numbers(6), numbers(12)).prop_map(
        |(outcomes, forward, over, appeals)| {
            Tables::consistent(&outcomes, &forward, &over, &appeals)
        },
    )
}

#[test]
fn consistent_tables_have_no_finding() {
    let mut runner = TestRunner::default();
    runner
        .run(&tables(), |tables| {
            prop_assert_eq!(tables.broken(), BTreeSet::new());
            prop_assert_eq!(tables.found(), BTreeSet::new());
            Ok(())
        })
        .expect("no finding about consistent tables");
}

#[test]
fn one_change_breaks_exactly_its_identities() {
    let change = (tables(), 0usize..25 * 7 + 3 * 5, 0u64..1_000_000);
    let mut runner = TestRunner::default();
    runner
        .run(&change, |(mut tables, cell, value)| {
            match cell.checked_sub(25 * 7) {
                None => tables.three[cell / 7][cell % 7] = value,
                Some(cell) => tables.four[cell / 5][cell % 5] = value,
            }
            prop_assert_eq!(tables.found(), tables.broken());
            Ok(())
        })
        .expect("exactly the broken identities");
}
