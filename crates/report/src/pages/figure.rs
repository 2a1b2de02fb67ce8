//! A picture with title and caption, for a folder and for a page.

use super::page::{Widget, json_script};
use super::rotation::ROTATION;
use crate::error::Error;
use crate::plots::{Picture, png, svg};
use emberlab_run::atomic;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How a page shows a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines and text; a dark page inverts the colours.
    Chart,
    /// Photographs and weights; a dark page changes the colours of paper and text only.
    Image,
}

/// The values of a view that its page needs to answer the reader.
#[derive(Clone, Debug)]
pub enum Interaction {
    /// The curves, whose values are shown at the pointer.
    Pointed(Value),
    /// The points and axes, which are rotated.
    Rotated(Value),
}

/// One picture of a figure.
#[derive(Clone, Debug)]
pub struct View {
    /// The file name without extension.
    pub file: String,
    /// The button that shows it among other views.
    pub label: &'static str,
    /// As an SVG.
    pub svg: String,
    /// As a PNG.
    pub png: Vec<u8>,
    /// How it answers the reader, if it does.
    pub interaction: Option<Interaction>,
}

/// A picture, in one or several views.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The title.
    pub title: String,
    /// The caption, which says how to read it.
    pub caption: String,
    /// How a page shows it.
    pub kind: Kind,
    /// Its views, at least one.
    pub views: Vec<View>,
}

impl View {
    /// Draws a picture as the files `NAME.svg` and `NAME.png`.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    pub fn draw(file: &str, picture: &impl Picture) -> Result<Self, Error> {
        let svg = String::from_utf8_lossy(&svg(picture)?).into_owned();
        Ok(Self { file: file.to_owned(), label: "linear", svg, png: png(picture)?, interaction: None })
    }
}

impl Figure {
    /// A figure of one view.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    pub fn new(
        file: &str,
        title: &str,
        caption: &str,
        kind: Kind,
        picture: &impl Picture,
    ) -> Result<Self, Error> {
        let views = vec![View::draw(file, picture)?];
        Ok(Self { title: title.to_owned(), caption: caption.to_owned(), kind, views })
    }

    /// The widget that its page needs, if any.
    pub fn widget(&self) -> Option<Widget> {
        let rotated = |view: &View| matches!(view.interaction, Some(Interaction::Rotated(_)));
        self.views.iter().any(rotated).then_some(ROTATION)
    }

    /// Writes every view as SVG and as PNG into a folder, and returns the paths of the SVGs.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] when a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let mut paths = Vec::new();
        for view in &self.views {
            let path = folder.join(format!("{}.svg", view.file));
            atomic::write(&path, view.svg.as_bytes())?;
            atomic::write(&path.with_extension("png"), &view.png)?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// The HTML of the figure, with inline SVGs; charts show values at the pointer.
    pub fn html(&self) -> Markup {
        let switches = self.views.len() > 1;
        html! {
            figure class=(if self.kind == Kind::Chart { "chart" } else { "image" }) {
                @if switches {
                    div class="switch" role="group" aria-label="axis" {
                        @for (index, view) in self.views.iter().enumerate() {
                            button type="button" aria-pressed=(index == 0) {
                                (view.label)
                            }
                        }
                    }
                }
                @for (index, view) in self.views.iter().enumerate() {
                    div class="view" hidden[index > 0] { (self.view(view)) }
                }
                figcaption { (self.caption) }
            }
        }
    }

    fn view(&self, view: &View) -> Markup {
        match (&view.interaction, self.kind) {
            (Some(Interaction::Pointed(curves)), _) => html! {
                div class="picture pointed" tabindex="0" role="img"
                    aria-label={ (self.title) ". The left and right arrow keys show the values." } {
                    (PreEscaped(&view.svg))
                    (json_script(curves))
                }
                div class="values" aria-live="polite" {}
            },
            (Some(Interaction::Rotated(points)), _) => html! {
                div class="picture rotated" role="img" aria-label=(self.title) {
                    (PreEscaped(&view.svg))
                    (json_script(points))
                }
                div class="values" aria-live="polite" {}
            },
            (None, _) => html! {
                div class="picture" role="img" aria-label=(self.title) { (PreEscaped(&view.svg)) }
            },
        }
    }
}

/// The widgets that a page with some figures needs, each once.
pub fn widgets<'a>(figures: impl IntoIterator<Item = &'a Figure>) -> Vec<Widget> {
    figures.into_iter().find_map(Figure::widget).into_iter().collect()
}
