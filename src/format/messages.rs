//! Messages of the rules: minijinja templates in the format's data, filled with the figures of a finding.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior};

/// What a message may mention: names with values, already printed.
pub type Context = BTreeMap<&'static str, String>;

/// Compiled messages by name (`T3-BALANCE/message`).
pub struct Messages {
    environment: Environment<'static>,
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Messages(..)")
    }
}

impl Default for Messages {
    fn default() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        Self { environment }
    }
}

impl Messages {
    /// Compiles a message.
    ///
    /// # Errors
    /// The template's error, with line, when it is malformed.
    pub fn add(&mut self, name: String, template: String) -> Result<(), minijinja::Error> {
        self.environment.add_template_owned(name, template)
    }

    /// Fills a message. A template that mentions a name the context lacks gives its own source with the error, so
    /// that a mistake in a format shows itself and never hides a finding.
    pub fn render(&self, name: &str, context: &Context) -> String {
        let Ok(template) = self.environment.get_template(name) else { return String::new() };
        template
            .render(minijinja::value::Serde(context))
            .unwrap_or_else(|error| format!("{}（模板有误：{error}）", template.source()))
    }

    /// Fills a text that is a template itself, such as a document title.
    ///
    /// # Errors
    /// The template's error.
    pub fn render_text(
        &self,
        template: &str,
        context: &Context,
    ) -> Result<String, minijinja::Error> {
        self.environment.render_str(template, minijinja::value::Serde(context))
    }
}
