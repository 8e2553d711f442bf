//! The JSON Schema of each format: it takes what the checker takes and refuses a set of mistakes.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use nianbao::format::{Catalog, Format};
use nianbao::schema;
use serde::Deserialize;
use serde_json::Value;

fn catalog() -> Catalog {
    Catalog::load(None).unwrap()
}

fn validator(format: &Format) -> Validator {
    jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema::schema(format))
        .unwrap()
}

/// TOML as editors hand it to a schema: dates are strings.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, as_json(value))).collect()
        }
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
    }
}

fn parse(text: &str) -> Value {
    as_json(toml::Value::Table(text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn schemas_are_draft_07() {
    for format in catalog().formats() {
        let schema = schema::schema(format);
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        assert!(jsonschema::draft7::meta::is_valid(&schema), "{}", format.id());
    }
}

#[test]
fn examples_are_valid() {
    let catalog = catalog();
    let mut seen = 0;
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let report = parse(&fs::read_to_string(&path).unwrap());
        let year = report["report"]["year"].as_i64().unwrap();
        let format = catalog.for_year(i32::try_from(year).unwrap()).unwrap();
        let faults: Vec<String> = validator(format)
            .iter_errors(&report)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", path.display());
        seen += 1;
    }
    assert!(seen >= 5, "only {seen} examples");
}

#[derive(Deserialize)]
struct Broken {
    case: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    what: String,
    format: String,
    find: String,
    put: String,
}

#[test]
fn mistakes_are_refused() {
    let catalog = catalog();
    let cases = fs::read_to_string(root().join("tests/cases/schema/broken.toml")).unwrap();
    let cases: Broken = toml::from_str(&cases).unwrap();
    for case in cases.case {
        let name = if case.format == "2019" { "xiangshan-2020" } else { "liaocheng-2023" };
        let text = fs::read_to_string(root().join(format!("examples/{name}.toml"))).unwrap();
        assert!(text.contains(&case.find), "{}: the example has no {:?}", case.what, case.find);
        let broken = parse(&text.replacen(&case.find, &case.put, 1));
        let format = catalog.get(&case.format).unwrap();
        assert!(!validator(format).is_valid(&broken), "{}: not refused", case.what);
    }
}

/// The shapes of DESIGN.md section 2 that the examples do not use.
#[test]
fn every_shape_is_accepted() {
    let catalog = catalog();
    let text = fs::read_to_string(root().join("examples/liaocheng-2023.toml")).unwrap();
    let shapes = [
        ("[6, 0, 0, 0, 0, 0]", "[6, 0, 0, 0, 0, 0, 6]"),
        ("[6, 0, 0, 0, 0, 0]", "{ natural_person = 6 }"),
        ("[6, 0, 0, 0, 0, 0]", "[{ value = 6, note = \"其中修订2件\" }, 0, 0, 0, 0, 0]"),
        ("penalties           = 2", "penalties           = { value = 2, note = \"另有1件撤销\" }"),
        ("[requests]\n", "[requests]\nnote = \"注：见附件\"\ntotal = [11, 0, 0, 0, 0, 0]\n"),
        (
            "[requests]\n",
            "[requests]\nnote = [\"注：一\", \"注：二\"]\nbefore = \"前\"\nafter = \"后\"\n",
        ),
        (
            "[overview]\n",
            "[overview]\norder = \"file\"\nsection = [{ heading = \"甲\", text = \"乙\", run_in = true }]\n",
        ),
        ("agency = \"", "agency = [\"某区人民政府\", \"某管委会\"]\ntitle = \""),
        ("year = 2023", "year = 2023\ndate = 2024-01-22\ntitle = \"某报告\""),
        ("[requests]\n", "[[waivers]]\nrule = \"TEXT-SUM\"\nreason = \"属实\"\n[requests]\n"),
        (
            "[problems]\nproblems",
            "[problems]\ntext = { heading = \"问题\", text = \"有\" }\nproblems",
        ),
        (
            "[other_matters]\n",
            "[other_matters]\ninformation_fees = { notices = 1, charged = 30, collected = 30.5 }\n",
        ),
    ];
    let validator = validator(catalog.get("2021").unwrap());
    for (find, put) in shapes {
        assert!(text.contains(find), "the example has no {find:?}");
        let report = parse(&text.replacen(find, put, 1));
        let faults: Vec<String> =
            validator.iter_errors(&report).map(|f| format!("{}: {f}", f.instance_path())).collect();
        assert!(faults.is_empty(), "{put}: {faults:#?}");
    }
}

#[test]
fn titles_are_the_official_labels() {
    for format in catalog().formats() {
        let schema = schema::schema(format).to_string();
        for cell in format.cells() {
            for label in
                cell.row_labels.iter().chain([&cell.column_label]).filter(|l| !l.is_empty())
            {
                let quoted = serde_json::to_string(label).unwrap();
                let found = schema.contains(&quoted) || schema.contains(quoted.trim_matches('"'));
                assert!(found || label.starts_with("三、"), "{}: {label}", format.id());
            }
        }
    }
}
