//! JSON Schema (draft-07) of the data file, for editors: completion, hover texts with the official labels, bounds.
//!
//! In: a format. Out: a schema that accepts what the reader accepts without a finding about form, and nothing
//! beside it. Draft-07 is what Tombi and Even Better TOML both read.

use serde_json::{Map, Value, json};

use crate::format::{Column, FigureKind, Format, Item, ItemKind, Part, Row, Section, Table};

/// Bounds of a report year, as the reader has them.
const YEARS: (i32, i32) = (2008, 2099);
/// The largest count of 18 digits.
const LARGEST: u64 = 999_999_999_999_999_999;

/// Returns the file name that `#:schema` lines refer to.
pub fn file_name(format: &Format) -> String {
    format!("nianbao-{}.schema.json", format.id())
}

/// Returns the schema of a format as JSON text.
pub fn render(format: &Format) -> String {
    format!("{:#}\n", schema(format))
}

/// Returns the schema of a format.
pub fn schema(format: &Format) -> Value {
    let mut root = Object::titled(format!("政府信息公开工作年度报告（{}）", format.manifest.name));
    root.describe(format!("依据：{}", format.notice()));
    root.put("format", named_format(format), false);
    root.put("report", report(format), true);
    for part in &format.manifest.parts {
        for item in &part.items {
            add_item(&mut root, format, part, item);
        }
        if let Some((_, object)) = root.nested.iter_mut().find(|(key, _)| *key == part.key) {
            object.require_one_of(&part.require);
            if part.sections {
                add_sections(object);
            }
        }
    }
    root.put("charts", charts(), false);
    root.put("waivers", waivers(format), false);
    let mut schema = root.into_value();
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["definitions"] = definitions();
    schema
}

/// An object with fixed keys, some of them objects in turn.
#[derive(Default)]
struct Object {
    title: String,
    description: String,
    properties: Map<String, Value>,
    nested: Vec<(String, Object)>,
    required: Vec<String>,
    one_of: Vec<Value>,
}

impl Object {
    fn titled(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    fn describe(&mut self, text: impl Into<String>) {
        self.description = text.into();
    }

    fn put(&mut self, key: &str, value: Value, required: bool) {
        if required {
            self.require(key);
        }
        self.properties.insert(key.to_owned(), value);
    }

    fn require(&mut self, key: &str) {
        if !self.required.iter().any(|known| known == key) {
            self.required.push(key.to_owned());
        }
    }

    /// The object below a key, made when it is not there.
    fn object(&mut self, key: &str, title: &str) -> &mut Object {
        let at = self.nested.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            // Holds the place among the properties.
            self.properties.insert(key.to_owned(), Value::Null);
            self.nested.push((key.to_owned(), Object::titled(title)));
            self.nested.len() - 1
        });
        &mut self.nested[at].1
    }

    fn require_one_of(&mut self, groups: &[Vec<String>]) {
        self.one_of = groups.iter().map(|group| json!({"required": group})).collect();
    }

    fn into_value(mut self) -> Value {
        for (key, object) in std::mem::take(&mut self.nested) {
            if !object.required.is_empty() || !object.one_of.is_empty() {
                self.require(&key);
            }
            self.properties.insert(key, object.into_value());
        }
        let mut value =
            json!({"type": "object", "title": self.title, "additionalProperties": false});
        if !self.description.is_empty() {
            value["description"] = json!(self.description);
        }
        value["properties"] = Value::Object(self.properties);
        if !self.required.is_empty() {
            value["required"] = json!(self.required);
        }
        if !self.one_of.is_empty() {
            value["anyOf"] = json!(self.one_of);
        }
        value
    }
}

fn named_format(format: &Format) -> Value {
    json!({
        "title": "格式",
        "description": "可以不写：程序按报告年度选用",
        "enum": [format.id()],
        "default": format.id(),
    })
}

fn report(format: &Format) -> Value {
    let years = format.manifest.years;
    let year = match years.to {
        Some(to) => format!("四位数。本格式用于 {} 至 {to} 年度", years.from),
        None => format!("四位数。本格式用于 {} 年度起", years.from),
    };
    let mut object = Object::titled("报告");
    let line = |title: &str, description: &str| json!({"type": "string", "title": title, "description": description});
    object.put("agency", agency(), true);
    let (from, to) = YEARS;
    object.put(
        "year",
        json!({"type": "integer", "title": "报告年度", "description": year, "minimum": from, "maximum": to}),
        true,
    );
    object.put(
        "kind",
        choice(
            "机关类别",
            "department 部门；government 一级政府（另须报告工作考核、社会评议、责任追究）",
            ["department", "government"],
        ),
        false,
    );
    object.put(
        "scope",
        choice("统计范围", "own 本级；jurisdiction 全域（含下级）", ["own", "jurisdiction"]),
        false,
    );
    object.put(
        "title",
        line("标题", "可以不写：默认为机关全称加年度加“政府信息公开工作年度报告”"),
        false,
    );
    object.put(
        "date",
        json!({"type": "string", "format": "date", "title": "成文日期", "description": "不加引号，例如 2024-01-22；写了就印在文末"}),
        false,
    );
    object.put("preface", line("前言", "第一部分之前的文字，一行一段；可以不写"), false);
    object.into_value()
}

fn agency() -> Value {
    let name = json!({"type": "string", "pattern": "\\S"});
    json!({
        "title": "机关全称",
        "description": "与印章一致的全称，例如 某市某局；几个机关联合报告的写成 [\"某区人民政府\", \"某开发区管委会\"]",
        "anyOf": [name, {"type": "array", "items": name, "minItems": 1, "uniqueItems": true}],
    })
}

fn choice(title: &str, description: &str, values: [&str; 2]) -> Value {
    json!({"title": title, "description": description, "enum": values, "default": values[0]})
}

fn add_item(root: &mut Object, format: &Format, part: &Part, item: &Item) {
    match item.kind {
        ItemKind::Table => {
            if let Some(table) = format.table(&item.key) {
                let object = root.object(&table.key, &part.heading);
                object.describe(table.title.clone());
                add_table(object, table);
            }
        }
        ItemKind::Text | ItemKind::Section => {
            root.object(&part.key, &part.heading).put(&item.key, text(&item.label), false);
        }
        ItemKind::Sentence => {
            root.object(&part.key, &part.heading).put(&item.key, sentence(item), false);
        }
    }
}

fn text(title: &str) -> Value {
    by_reference(json!({
        "title": title,
        "description": "一行一段；可用 **粗体**、### 小标题、图片、表格",
        "$ref": "#/definitions/text",
    }))
}

fn add_sections(object: &mut Object) {
    let order = "form 各小节按格式的次序印；file 按在文件里的先后印";
    object.put("order", choice("小节的次序", order, ["form", "file"]), false);
    let section = json!({
        "type": "object",
        "properties": text_properties(),
        "required": ["heading", "text"],
        "additionalProperties": false,
    });
    object.put(
        "section",
        json!({
            "type": "array",
            "title": "另加的小节",
            "description": "印在格式规定的各小节之后，或者代替没有写的小节",
            "items": section,
        }),
        false,
    );
}

fn text_properties() -> Value {
    json!({
        "heading": {"type": "string", "title": "小标题", "description": "代替默认的小标题，不写编号"},
        "text": {"type": "string", "title": "正文"},
        "run_in": {"type": "boolean", "title": "小标题与正文同段", "default": false},
    })
}

/// Draft-07 ignores what stands beside `$ref`; `allOf` keeps the title.
fn by_reference(mut value: Value) -> Value {
    if let Some(reference) = value.as_object_mut().and_then(|object| object.remove("$ref")) {
        value["allOf"] = json!([{"$ref": reference}]);
    }
    value
}

fn sentence(item: &Item) -> Value {
    let mut object = Object::titled(&item.label);
    for figure in &item.figures {
        let unit = figure.unit.as_deref().map_or(String::new(), |unit| format!("（{unit}）"));
        object.put(&figure.key, cell(&format!("{}{unit}", figure.label), figure.kind), true);
    }
    object.into_value()
}

fn add_table(object: &mut Object, table: &Table) {
    let note = json!({
        "title": "表注",
        "description": "印在表下，例如 注：……；几条写成 [\"注：……\", \"注：……\"]",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    });
    object.put("note", note, false);
    for (key, label) in crate::report::BESIDE {
        object.put(key, text(label), false);
    }
    for section in &table.sections {
        for row in &section.rows {
            let (key, object) = holder(object, section, &row.key);
            object.put(key, row_shape(section, row), row.sum_of.is_none());
        }
    }
}

/// The object that holds a row, by the row's dotted key, and the last part of the key.
fn holder<'a, 'o>(
    object: &'o mut Object,
    section: &Section,
    key: &'a str,
) -> (&'a str, &'o mut Object) {
    match key.split_once('.') {
        Some((group, rest)) => {
            holder(object.object(group, section.group_label(group)), section, rest)
        }
        None => (key, object),
    }
}

fn row_shape(section: &Section, row: &Row) -> Value {
    let plain: Vec<&Column> = section.columns.iter().filter(|column| !column.total).collect();
    if section.is_scalar() {
        let column = &section.columns[0];
        let mut value = cell(&row.label, column.kind);
        value["description"] = json!(column.label);
        return value;
    }
    let names: Vec<&str> = plain.iter().map(|column| column.label.as_str()).collect();
    let total = if section.total_column().is_some() { "；可再加总计" } else { "" };
    let computed = if row.sum_of.is_some() { "可以不写，由程序算出。" } else { "" };
    let items: Vec<Value> =
        section.columns.iter().map(|column| cell(&column.label, column.kind)).collect();
    let by_key: Map<String, Value> = section
        .columns
        .iter()
        .zip(&items)
        .map(|(column, item)| (column.key.clone(), item.clone()))
        .collect();
    json!({
        "title": row.label,
        "description": format!("{computed}依次为：{}{total}。全是 0 可以只写 0", names.join("、")),
        "default": vec![0; plain.len()],
        "anyOf": [
            {"type": "array", "items": items, "minItems": plain.len(), "maxItems": section.columns.len(), "additionalItems": false},
            {"type": "integer", "enum": [0]},
            {"type": "object", "properties": by_key, "additionalProperties": false, "minProperties": 1},
        ],
    })
}

fn cell(title: &str, kind: FigureKind) -> Value {
    let name = match kind {
        FigureKind::Count => "count",
        FigureKind::Change => "change",
        FigureKind::Amount => "amount",
        FigureKind::Money => "money",
    };
    by_reference(json!({"title": title, "$ref": format!("#/definitions/{name}")}))
}

fn definitions() -> Value {
    let with_note = |figure: Value| {
        json!({"anyOf": [figure, {
            "type": "object",
            "properties": {
                "value": figure,
                "note": {"type": "string", "title": "说明", "description": "印在格内，例如 其中修订3件"},
            },
            "required": ["value"],
            "additionalProperties": false,
        }]})
    };
    let amount = json!({"type": "number", "minimum": 0, "maximum": LARGEST});
    json!({
        "count": with_note(json!({"type": "integer", "minimum": 0, "maximum": LARGEST})),
        "change": with_note(json!({"type": "integer", "minimum": -LARGEST.cast_signed(), "maximum": LARGEST})),
        "amount": with_note(amount.clone()),
        "money": with_note(json!({"anyOf": [amount, {"type": "string", "pattern": "^[0-9][0-9,]*(\\.[0-9]+)?\\s*\\S+$"}]})),
        "text": {"anyOf": [{"type": "string"}, {
            "type": "object",
            "properties": text_properties(),
            "required": ["text"],
            "additionalProperties": false,
        }]},
    })
}

fn charts() -> Value {
    json!({
        "type": "object",
        "title": "图表",
        "description": "在文字里单独一行写 ![说明](chart:名称) 即放在那里",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "kind": {"title": "种类", "description": "column 柱形、bar 条形、pie 饼形、line 折线", "enum": ["column", "bar", "pie", "line"], "default": "column"},
                "unit": {"type": "string", "title": "单位"},
                "data": {
                    "type": "array",
                    "title": "数据",
                    "description": "[[\"名称\", 数], …]",
                    "minItems": 1,
                    "items": {
                        "type": "array",
                        "items": [{"type": "string", "pattern": "\\S"}, {"type": "number"}],
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
            },
            "required": ["data"],
            "additionalProperties": false,
        },
    })
}

fn waivers(format: &Format) -> Value {
    let codes: Vec<&str> = format.rules.iter().map(|rule| rule.code.as_str()).collect();
    json!({
        "type": "array",
        "title": "豁免",
        "description": "情况属实、无须修改的检查结果：保留显示，不再计数，不印在报告里",
        "items": {
            "type": "object",
            "properties": {
                "rule": {"title": "规则代码", "anyOf": [{"enum": codes}, {"type": "string", "pattern": "^[A-Z0-9-]+$"}]},
                "where": {"type": "string", "title": "位置", "description": "检查结果里的路径；不写则不论位置"},
                "reason": {"type": "string", "title": "理由", "pattern": "\\S"},
            },
            "required": ["rule", "reason"],
            "additionalProperties": false,
        },
    })
}
