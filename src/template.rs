//! Templates: a format's `main.typ.j2` becomes Typst code, a rule's message becomes a sentence.
//!
//! Values that go into Typst code are written as Typst literals, so no text can turn into code. Both kinds are
//! strict: a name that has no value is an error.

use std::fmt::{self, Write};

use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior};
use serde::Serialize;

/// Renders a template of Typst code. `{{ value }}` prints a Typst literal: a string with its quotes, a number,
/// `true`, `none`, an array, a dictionary; `{{ value|safe }}` prints a string as it stands.
///
/// # Errors
/// When the template is malformed or uses a name that `context` does not have.
pub fn render_typst(
    name: &str,
    source: &str,
    context: impl Serialize,
) -> Result<String, TemplateError> {
    let mut environment = environment();
    environment.set_formatter(write_literal);
    environment.add_template(name, source).map_err(|error| TemplateError::new(name, &error))?;
    let template =
        environment.get_template(name).map_err(|error| TemplateError::new(name, &error))?;
    template.render(Value::from(Serde(context))).map_err(|error| TemplateError::new(name, &error))
}

/// Sentences with places for values, compiled once and known by name.
#[derive(Debug)]
pub struct Messages {
    environment: Environment<'static>,
}

impl Default for Messages {
    fn default() -> Self {
        Self { environment: environment() }
    }
}

impl Messages {
    /// Adds a sentence. A later one of the same name takes the place of the first.
    ///
    /// # Errors
    /// When the template is malformed.
    pub fn add(&mut self, name: &str, source: &str) -> Result<(), TemplateError> {
        self.environment
            .add_template_owned(name.to_owned(), source.to_owned())
            .map_err(|error| TemplateError::new(name, &error))
    }

    /// Whether there is a sentence of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.environment.get_template(name).is_ok()
    }

    /// Fills in a sentence.
    ///
    /// # Errors
    /// When there is no such sentence, or it uses a name that `context` does not have.
    pub fn render(&self, name: &str, context: impl Serialize) -> Result<String, TemplateError> {
        let template = self
            .environment
            .get_template(name)
            .map_err(|error| TemplateError::new(name, &error))?;
        template
            .render(Value::from(Serde(context)))
            .map_err(|error| TemplateError::new(name, &error))
    }
}

/// Templates of web pages, which may include one another. What they print is escaped.
#[derive(Debug)]
pub struct Pages(Environment<'static>);

impl Pages {
    /// Takes the templates with their names.
    ///
    /// # Errors
    /// When one is malformed.
    pub fn new<'a>(
        templates: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, TemplateError> {
        let mut environment = environment();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        for (name, source) in templates {
            environment
                .add_template_owned(name.to_owned(), source.to_owned())
                .map_err(|error| TemplateError::new(name, &error))?;
        }
        Ok(Self(environment))
    }

    /// Fills in a template.
    ///
    /// # Errors
    /// When there is no such template, or it uses a name that `context` does not have.
    pub fn render(&self, name: &str, context: impl Serialize) -> Result<String, TemplateError> {
        let template =
            self.0.get_template(name).map_err(|error| TemplateError::new(name, &error))?;
        template
            .render(Value::from(Serde(context)))
            .map_err(|error| TemplateError::new(name, &error))
    }
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The name of the template, usually a file.
    pub name: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in Chinese, with the engine's own words.
    pub cause: String,
}

impl TemplateError {
    fn new(name: &str, error: &minijinja::Error) -> Self {
        // Of an included template, the cause is what went wrong inside it.
        let inner = std::error::Error::source(error)
            .and_then(|source| source.downcast_ref::<minijinja::Error>());
        if let Some(inner) = inner {
            return Self::new(error.name().unwrap_or(name), inner);
        }
        let what = match error.kind() {
            ErrorKind::SyntaxError | ErrorKind::BadEscape => "模板语法错误",
            ErrorKind::UndefinedError => "用到了没有值的名称",
            ErrorKind::TemplateNotFound => "没有这个模板",
            ErrorKind::UnknownFilter => "没有这个过滤器",
            ErrorKind::UnknownTest => "没有这个判断",
            ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => "没有这个函数",
            ErrorKind::TooManyArguments | ErrorKind::MissingArgument => "参数个数不对",
            ErrorKind::InvalidOperation => "运算不成立",
            _ => "模板无法展开",
        };
        let detail = error.detail().map(|detail| format!("（{detail}）")).unwrap_or_default();
        Self {
            name: error.name().unwrap_or(name).to_owned(),
            line: error.line(),
            cause: format!("{what}{detail}"),
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "模板 {}", self.name)?;
        if let Some(line) = self.line {
            write!(f, " 第 {line} 行")?;
        }
        write!(f, "：{}", self.cause)
    }
}

impl std::error::Error for TemplateError {}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment
}

fn write_literal(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    let code = match value.as_str() {
        Some(text) if value.is_safe() => text.to_owned(),
        _ => literal(value)?,
    };
    out.write_str(&code).map_err(|_| ErrorKind::WriteFailure.into())
}

/// Writes a value as a Typst literal of code mode.
fn literal(value: &Value) -> Result<String, minijinja::Error> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok("none".to_owned()),
        ValueKind::Bool => Ok(value.is_true().to_string()),
        ValueKind::Number => Ok(value.to_string()),
        ValueKind::String => Ok(typst_string(value.as_str().unwrap_or_default())),
        ValueKind::Seq | ValueKind::Iterable => {
            let mut code = "(".to_owned();
            for item in value.try_iter()? {
                code.push_str(&literal(&item)?);
                code.push_str(", ");
            }
            code.push(')');
            Ok(code)
        }
        ValueKind::Map => dictionary(value),
        kind => Err(minijinja::Error::new(
            ErrorKind::BadSerialization,
            format!("{kind} has no Typst literal"),
        )),
    }
}

fn dictionary(value: &Value) -> Result<String, minijinja::Error> {
    let mut code = "(".to_owned();
    for key in value.try_iter()? {
        let item = value.get_item(&key)?;
        let name = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        code.push_str(&format!("{}: {}, ", typst_string(&name), literal(&item)?));
    }
    // An empty pair of parentheses is an array.
    code.push_str(if code.len() == 1 { ":)" } else { ")" });
    Ok(code)
}

/// Writes a text as a Typst string with its quotes.
pub fn typst_string(text: &str) -> String {
    let mut code = String::with_capacity(text.len() + 2);
    code.push('"');
    for char in text.chars() {
        match char {
            '"' => code.push_str("\\\""),
            '\\' => code.push_str("\\\\"),
            '\n' => code.push_str("\\n"),
            '\r' => code.push_str("\\r"),
            '\t' => code.push_str("\\t"),
            _ if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') => {
                // Writing to a string cannot fail.
                let _ = write!(code, "\\u{{{:x}}}", char as u32);
            }
            _ => code.push(char),
        }
    }
    code.push('"');
    code
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_become_typst_literals() {
        let context = json!({
            "text": "#set \"text\" \\ {{ x }}\n", "number": 12, "yes": true, "nothing": null,
            "list": ["一", 2], "one": ["甲"], "empty": [], "map": {"a-b": "\u{1}"}, "blank": {},
        });
        let render = |source: &str| render_typst("main.typ.j2", source, &context).expect("renders");
        assert_eq!(render("{{ text }}"), r##""#set \"text\" \\ {{ x }}\n""##);
        assert_eq!(render("{{ number }} {{ yes }} {{ nothing }}"), "12 true none");
        assert_eq!(render("{{ list }}{{ one }}{{ empty }}"), r#"("一", 2, )("甲", )()"#);
        assert_eq!(render("{{ map }}{{ blank }}"), r#"("a-b": "\u{1}", )(:)"#);
        assert_eq!(render("{{ 'a: b'|safe }}"), "a: b");
        assert_eq!(render("{% for x in list %}{{ x }};{% endfor %}"), r#""一";2;"#);
    }

    #[test]
    fn what_has_no_value_is_an_error_with_its_line() {
        let error =
            render_typst("2021/main.typ.j2", "a\n{{ agancy }}", json!({})).expect_err("strict");
        assert_eq!(error.line, Some(2));
        assert!(
            error.to_string().starts_with("模板 2021/main.typ.j2 第 2 行：用到了没有值的名称"),
            "{error}"
        );
        let error = render_typst("m", "{{ a", json!({})).expect_err("malformed");
        assert!(error.to_string().contains("语法错误"), "{error}");
        let error = render_typst("m", "{{ a|nofilter }}", json!({"a": 1})).expect_err("no filter");
        assert!(error.to_string().contains("没有这个过滤器"), "{error}");
    }

    #[test]
    fn messages_are_plain_text() {
        let mut messages = Messages::default();
        messages
            .add("T3-BALANCE", "“{{ column }}”一列不平：{{ left }} ≠ {{ right }}")
            .expect("valid");
        let text =
            messages.render("T3-BALANCE", json!({"column": "<自然人>", "left": 13, "right": "14"}));
        assert_eq!(text.as_deref(), Ok("“<自然人>”一列不平：13 ≠ 14"));
        assert!(messages.contains("T3-BALANCE") && !messages.contains("T4-SUM"));
        let missing = messages.render("T3-BALANCE", json!({"column": "x"})).expect_err("strict");
        assert!(missing.to_string().contains("T3-BALANCE 第 1 行"), "{missing}");
        assert!(messages.render("T4-SUM", json!({})).is_err());
        assert!(messages.add("bad", "{% if %}").is_err());
    }
}
