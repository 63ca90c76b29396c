//! The one user of miette: a message with an excerpt under it.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::excerpt::Excerpt;
use super::look::Look;
use crate::finding::Severity;

/// A message with an excerpt under it. All of its text is fit for printing.
#[derive(Debug)]
pub struct Frame {
    /// Decides the colour.
    pub severity: Severity,
    /// What the message begins with: `error[blocking-call]`.
    pub title: String,
    /// The message.
    pub message: String,
    /// The lines, if they can be shown.
    pub excerpt: Option<Excerpt>,
    /// What is said about the marked place.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Frame {
    /// Draws it.
    pub fn render(&self, look: Look) -> String {
        let mut characters = if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let icon = match self.severity {
            Severity::Error => &mut characters.error,
            Severity::Warning => &mut characters.warning,
            Severity::Info => &mut characters.advice,
        };
        *icon = format!("{}:", self.title);
        let styles = if look.colours { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
            .with_width(look.width)
            .with_context_lines(1)
            .with_break_words(false)
            .with_urls(false)
            .without_syntax_highlighting();
        let mut out = String::new();
        // Writing to a string does not fail, and `read_span` always answers.
        if handler.render_report(&mut out, self).is_err() {
            out = format!("  {}: {}\n", self.title, self.message);
        }
        out
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.excerpt.as_ref()?.mark.clone();
        let label = LabeledSpan::new_primary_with_span(self.label.clone(), mark);
        Some(Box::new(std::iter::once(label)))
    }
}

impl SourceCode for Excerpt {
    /// Always the whole excerpt: it has been cut already.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked without context, miette wants to know where the mark is, not what to draw.
        let (line, column) = if before == 0 { (self.line, self.column) } else { (self.first_line, 1) };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0..self.text.len()).into(),
            line.saturating_sub(1) as usize,
            column.saturating_sub(1) as usize,
            self.text.lines().count(),
        )))
    }
}
