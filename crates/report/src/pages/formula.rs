//! Formulas in a page: LaTeX in the source, MathML in the page.

use crate::error::{Error, PictureProblem};
use maud::{Markup, PreEscaped, html};
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};

/// A formula on lines of its own.
///
/// # Errors
///
/// [`Error`] for invalid LaTeX.
pub fn display(latex: &str) -> Result<Markup, Error> {
    let math = mathml(latex, DisplayMode::Block)?;
    Ok(html! { div class="formula" tabindex="0" role="math" aria-label=(latex) { (math) } })
}

/// A formula within a line.
///
/// # Errors
///
/// [`Error`] for invalid LaTeX.
pub fn inline(latex: &str) -> Result<Markup, Error> {
    mathml(latex, DisplayMode::Inline)
}

fn mathml(latex: &str, display_mode: DisplayMode) -> Result<Markup, Error> {
    let failed =
        |reason: String| Error::from(PictureProblem::Drawing(format!("the formula `{latex}` {reason}")));
    let storage = Storage::new();
    // The renderer would write the message of a parse error into the page.
    if let Some(Err(error)) = Parser::new(latex, &storage).find(Result::is_err) {
        return Err(failed(error.to_string()));
    }
    let mut text = String::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let storage = Storage::new();
    push_mathml(&mut text, Parser::new(latex, &storage), config)
        .map_err(|error| failed(error.to_string()))?;
    // Only some fonts stretch brackets to the height of a matrix; the style of the page draws them instead.
    let text = text.replace(r#"<mo stretchy="true">[</mo><mtable class=""#, r#"<mtable class="bracketed "#);
    Ok(PreEscaped(text.replace(r#"</mtable><mo stretchy="true">]</mo>"#, "</mtable>")))
}

/// A matrix in LaTeX, each number with `digits` decimals.
pub fn matrix(rows: &[Vec<f64>], digits: usize) -> String {
    let row =
        |row: &Vec<f64>| row.iter().map(|value| format!("{value:.digits$}")).collect::<Vec<_>>().join(" & ");
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(r"\begin{{bmatrix}} {} \end{{bmatrix}}", rows.join(r" \\ "))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn latex_becomes_mathml_and_a_mistake_an_error() {
        let math =
            inline(&format!("x = {}", matrix(&[vec![1.0, -0.25], vec![0.5, 2.0]], 2))).unwrap().into_string();
        assert!(math.starts_with("<math") && math.contains("<mtable class=\"bracketed "), "{math}");
        assert!(!math.contains('[') && !math.contains(']'), "{math}");
        for number in ["1.00", "0.25", "0.50", "2.00"] {
            assert!(math.contains(number), "{math}");
        }
        assert!(inline(r"\frac{1").is_err());
    }
}
