//! The frame of every page. A page is one file without external resources.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The policy that forbids external resources. Browsers report violations as errors.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// An interactive part that only some pages have.
#[derive(Clone, Copy, Debug)]
pub struct Widget {
    /// Its scripts, in the order in which they run.
    pub scripts: &'static [&'static str],
    /// Its style.
    pub style: &'static str,
}

/// A complete page with its interactive parts.
pub fn page(title: &str, body: Markup, widgets: &[Widget]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="emberlab";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) @for widget in widgets { (PreEscaped(widget.style)) } }
            }
            body {
                main { (body) }
                script { (PreEscaped(SCRIPT)) }
                @for script in widgets.iter().flat_map(|widget| widget.scripts) { script { (PreEscaped(script)) } }
            }
        }
    };
    page.into_string()
}

/// Values for a script, without `<`, which could close the element.
pub fn json_script(value: &Value) -> Markup {
    html! { script type="application/json" { (PreEscaped(value.to_string().replace('<', "\\u003c"))) } }
}

/// A PNG as a data URI.
pub fn data_uri(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

/// A table with a header. Wide tables scroll. The first cell of a row is its name.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> Markup {
    html! {
        div class="table" tabindex="0" role="region" aria-label="table" {
            table {
                thead { tr { @for cell in header { th scope="col" { (cell) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Names and values, one line each.
pub fn facts(rows: &[(&str, String)]) -> Markup {
    html! {
        dl {
            @for (name, value) in rows {
                div { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// Preformatted text: commands or a file.
pub fn verbatim(text: &str) -> Markup {
    html! { pre tabindex="0" { code { (text) } } }
}
