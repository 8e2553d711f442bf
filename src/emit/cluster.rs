//! Findings put together so that a page of them can be read.
//!
//! A file that lacks a table has twenty findings of one kind; they are one block. Findings whose operands must
//! be shown stand alone, the first few of a kind in full and the others in one line each.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Level};

/// Findings of one kind with operands beyond this number are listed, not explained one by one.
const MOST_ALONE: usize = 5;
/// Of those, this many are explained.
const EXPLAINED: usize = 3;

/// What is rendered as one block.
#[derive(Debug, PartialEq)]
pub(super) enum Block<'a> {
    /// One finding in full.
    One(&'a Diagnostic),
    /// Findings of one kind, each with its place, and with what they share said once.
    Many(Vec<&'a Diagnostic>),
    /// Further findings of the kind just explained, one line each.
    Rest(Vec<&'a Diagnostic>),
    /// A finding that a waiver accepts.
    Waived(&'a Diagnostic),
}

/// Groups findings by rule and level, each group where its first finding stands; waived ones come last.
pub(super) fn blocks(diagnostics: &[Diagnostic]) -> Vec<Block<'_>> {
    let mut order: Vec<Vec<&Diagnostic>> = Vec::new();
    let mut known: HashMap<(&str, Level), usize> = HashMap::new();
    for finding in diagnostics.iter().filter(|finding| finding.counts()) {
        let at = *known.entry((&finding.rule, finding.level)).or_insert_with(|| {
            order.push(Vec::new());
            order.len() - 1
        });
        order[at].push(finding);
    }
    let counted = order.into_iter().flat_map(group);
    counted.chain(diagnostics.iter().filter(|d| !d.counts()).map(Block::Waived)).collect()
}

fn group(findings: Vec<&Diagnostic>) -> Vec<Block<'_>> {
    let (plain, with_terms): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| finding.terms.is_empty());
    let mut blocks = Vec::new();
    match plain.as_slice() {
        [] => {}
        [one] => blocks.push(Block::One(one)),
        _ => blocks.push(Block::Many(plain)),
    }
    let explained = if with_terms.len() > MOST_ALONE { EXPLAINED } else { with_terms.len() };
    let (full, rest) = with_terms.split_at(explained);
    blocks.extend(full.iter().map(|finding| Block::One(finding)));
    if !rest.is_empty() {
        blocks.push(Block::Rest(rest.to_vec()));
    }
    blocks
}
