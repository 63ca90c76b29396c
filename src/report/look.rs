//! How text output looks: colours, characters and width.

/// The manners of the place that text is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour.
    pub colours: bool,
    /// Whether box-drawing characters can be shown.
    pub unicode: bool,
    /// Columns of a line.
    pub width: usize,
}

/// The colours of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Errors.
    Red,
    /// Warnings, and what to do.
    Yellow,
    /// Places and helpful words.
    Cyan,
    /// What matters on a line.
    Bold,
    /// What can be skipped.
    Dim,
}

impl Look {
    /// No colours, for files and pipes.
    pub const PLAIN: Look = Look { colours: false, unicode: true, width: 100 };

    /// `text` in a colour, where there are colours.
    pub fn paint(self, ink: Ink, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Red => "1;31",
            Ink::Yellow => "1;33",
            Ink::Cyan => "36",
            Ink::Bold => "1",
            Ink::Dim => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
