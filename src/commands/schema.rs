//! `schema`: the JSON Schema of a format.

use nianbao::output::write_atomically;
use nianbao::schema::render;

use super::{Outcome, Session, format_of, terminal};
use crate::args::Schema;

pub(crate) fn run(session: &Session, args: &Schema) -> anyhow::Result<Outcome> {
    let catalog = session.catalog()?;
    let text = render(format_of(&catalog, &args.format)?);
    match &args.output {
        None => terminal::document(&text)?,
        Some(path) => {
            write_atomically(path, text.as_bytes())?;
            session.done(&format!("已生成 {}", path.display()))?;
        }
    }
    Ok(Outcome::Done)
}
