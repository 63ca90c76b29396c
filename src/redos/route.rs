//! Routes that hold regular expressions, as one: `/user/:id(\d+)`, `/user/{id:\d+}`, `/user/<regex("\d+"):id>`.

/// How a router writes a parameter that has a pattern of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// `:id(\d+)`, and groups without a name; what follows a group is a quantifier.
    Parentheses,
    /// The same, but a group is repeated with the slash before it.
    Segments,
    /// `:id{\d+}`.
    ColonBraces,
    /// `{id:\d+}`.
    Braces,
    /// `<regex("\d+"):id>` and `<id:re:\d+>`.
    Angles,
}

impl Route {
    /// Every style with its word.
    pub const ALL: &'static [(Route, &'static str)] = &[
        (Route::Parentheses, "parentheses"),
        (Route::Segments, "segments"),
        (Route::ColonBraces, "colon-braces"),
        (Route::Braces, "braces"),
        (Route::Angles, "angles"),
    ];
}

/// A part of a route.
enum Part<'p> {
    Literal(&'p str),
    /// A parameter with its pattern, if it has one of its own, and what says how often it may stand there.
    Parameter(Option<&'p str>, Option<char>),
}

/// The regular expression that a route becomes; `None` if it holds none of its own that could go on.
pub fn route_pattern(route: &str, style: Route) -> Option<String> {
    let parts = parts(route, style);
    let has_pattern = |part: &Part<'_>| matches!(part, Part::Parameter(Some(own), _) if own.contains(['*', '+', '{']));
    if !parts.iter().any(has_pattern) {
        return None;
    }
    let mut pattern = String::from("^");
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(text) => pattern.push_str(&regex_syntax::escape(text).replace('/', "\\/")),
            Part::Parameter(own, often) => {
                // What follows ends a parameter, as routers see to it themselves.
                let after = match parts.get(index + 1) {
                    Some(Part::Literal(text)) => text.chars().next().filter(|c| !matches!(c, '/' | '\\' | ']' | '^')),
                    _ => None,
                };
                let plain = after.map_or("[^\\/]+".to_owned(), |after| {
                    format!("[^\\/{}]+", regex_syntax::escape(after.encode_utf8(&mut [0; 4])))
                });
                let body = own.map_or(plain, str::to_owned);
                let group = match often {
                    Some('*') if style == Route::Parentheses => format!("({body})(.*)"),
                    Some('*' | '+') if style == Route::Segments => format!("((?:{body})(?:\\/(?:{body}))*)"),
                    Some(quantifier) => format!("({body}){quantifier}"),
                    None => format!("({body})"),
                };
                pattern.push_str(&group);
            }
        }
    }
    pattern.push('$');
    Some(pattern)
}

fn parts(route: &str, style: Route) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(letter) = route[at..].chars().next() {
        if letter == '\\' {
            at += 1 + route[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let Some((part, end)) = parameter(route, at, style) else {
            at += letter.len_utf8();
            continue;
        };
        if from < at {
            parts.push(Part::Literal(&route[from..at]));
        }
        parts.push(part);
        (from, at) = (end, end);
    }
    if from < route.len() {
        parts.push(Part::Literal(&route[from..]));
    }
    parts
}

/// The parameter that begins at a place, and where it ends.
fn parameter(route: &str, at: usize, style: Route) -> Option<(Part<'_>, usize)> {
    let rest = &route[at..];
    match style {
        Route::Parentheses | Route::Segments | Route::ColonBraces => {
            let (open, close) = if style == Route::ColonBraces { ('{', '}') } else { ('(', ')') };
            let name = rest.strip_prefix(':').map_or(0, |name| 1 + word(name));
            let own = balanced(&rest[name..], open, close);
            let is_group = style != Route::ColonBraces && own.is_some();
            if name == 1 || name == 0 && !is_group {
                return None;
            }
            let end = at + name + own.map_or(0, |own| own.len() + 2);
            let often = route[end..].chars().next().filter(|c| matches!(c, '?' | '*' | '+'));
            Some((Part::Parameter(own, often), end + often.map_or(0, char::len_utf8)))
        }
        Route::Braces => {
            let inside = balanced(rest, '{', '}')?;
            let name = word(inside);
            let own = inside[name..].strip_prefix(':');
            (name > 0 && (own.is_some() || name == inside.len()))
                .then_some((Part::Parameter(own, None), at + inside.len() + 2))
        }
        Route::Angles => {
            let inside = rest.strip_prefix('<')?;
            let name = word(inside);
            let after = &inside[name..];
            if let Some(quoted) = after.strip_prefix('(') {
                let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                let (own, _) = quoted[1..].split_once(quote)?;
                let closed = quoted[own.len() + 2..].find('>')?;
                let end = at + 1 + name + 1 + own.len() + 2 + closed + 1;
                return Some((Part::Parameter(Some(own), None), end));
            }
            if let Some(own) = after.strip_prefix(":re:") {
                let (own, _) = own.split_once('>')?;
                return Some((Part::Parameter(Some(own), None), at + 1 + name + 4 + own.len() + 1));
            }
            let closed = inside.find('>')?;
            Some((Part::Parameter(None, None), at + 1 + closed + 1))
        }
    }
}

/// The length of the name that a text begins with.
fn word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// What stands between a bracket at the start and the one that closes it.
fn balanced(text: &str, open: char, close: char) -> Option<&str> {
    let mut depth = 0_u32;
    let (mut is_escaped, mut is_class) = (false, false);
    for (at, letter) in text.char_indices() {
        if at == 0 && letter != open {
            return None;
        }
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            _ if is_class => {}
            _ if letter == open => depth += 1,
            _ if letter == close => {
                depth -= 1;
                if depth == 0 {
                    return text.get(1..at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_with_patterns_becomes_one() {
        let made = |route, style| route_pattern(route, style).unwrap_or_default();
        assert_eq!(made(r"/user/:id(\d+)/x", Route::Parentheses), r"^\/user\/(\d+)\/x$");
        assert_eq!(made(r"/:a-:b((?:x|[)])+)?", Route::Parentheses), r"^\/([^\/\-]+)\-((?:x|[)])+)?$");
        assert_eq!(made(r"/(a+)+", Route::Segments), r"^\/((?:a+)(?:\/(?:a+))*)$");
        assert_eq!(made(r"/(a+)+b", Route::Parentheses), r"^\/(a+)+b$");
        assert_eq!(made(r"/:id{[0-9]+}", Route::ColonBraces), r"^\/([0-9]+)$");
        assert_eq!(made(r"/{a}/{id:\d{2,}}", Route::Braces), r"^\/([^\/]+)\/(\d{2,})$");
        assert_eq!(made(r#"/<regex("(a|b)+"):id>/<int:n>"#, Route::Angles), r"^\/((a|b)+)\/([^\/]+)$");
        assert_eq!(made(r"/<id:re:[a-z]+>", Route::Angles), r"^\/([a-z]+)$");
        assert_eq!(route_pattern("/user/:id", Route::Parentheses), None);
        assert_eq!(route_pattern("/<string(length=2):x>", Route::Angles), None);
        assert_eq!(route_pattern("/:id(\\d+", Route::Parentheses), None);
        assert_eq!(route_pattern("(a+", Route::Segments), None);
        assert_eq!(route_pattern("é\\", Route::Parentheses), None);
    }
}
