//! Charts as SVG, for the pages to embed. Each stands beside a table with the same numbers.
//!
//! The colours below are those of the light theme; the style sheet replaces each of them, by its name in the `fill` or
//! `stroke` attribute, by that of the theme in use.

use std::io;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Colours of the severities, from `critical` to `note`.
pub const SEVERITY_COLORS: [RGBColor; 5] = [
    RGBColor(0x9D, 0x1C, 0x1C),
    RGBColor(0xC2, 0x41, 0x0C),
    RGBColor(0x8A, 0x5A, 0x00),
    RGBColor(0x1D, 0x5F, 0x9E),
    RGBColor(0x55, 0x60, 0x6E),
];

/// What is as it should be.
pub const GOOD: RGBColor = RGBColor(0x1F, 0x6F, 0x3A);
/// Lines and text.
const INK: RGBColor = RGBColor(0x33, 0x38, 0x40);
/// The lines behind the bars.
const GRID: RGBColor = RGBColor(0xC9, 0xCF, 0xD6);

const WIDTH: u32 = 760;
const LABELS: u32 = 200;
const ROW: u32 = 28;
/// Characters of a label; the rest is cut.
const LABEL_CHARS: usize = 24;

/// A horizontal bar made of parts, one for each colour.
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// The lengths of its parts.
    pub parts: Vec<u64>,
}

/// Horizontal stacked bars, the first one on top.
///
/// # Errors
///
/// When the library refuses the coordinates, which it does for none.
pub fn bars(bars: &[Bar], colors: &[RGBColor]) -> io::Result<String> {
    let longest = bars.iter().map(|bar| bar.parts.iter().sum::<u64>()).max().unwrap_or(0).max(1);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height(bars.len()))).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(10)
            .margin_right(30)
            .set_label_area_size(LabelAreaPosition::Left, LABELS)
            .set_label_area_size(LabelAreaPosition::Bottom, ROW)
            .build_cartesian_2d(0.0..longest as f64, 0.0..bars.len() as f64)
            .map_err(io::Error::other)?;
        let whole = |length: &f64| if length.fract() == 0.0 { format!("{length:.0}") } else { String::new() };
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(usize::try_from(longest).unwrap_or(8).clamp(2, 8))
            .x_label_formatter(&whole)
            .label_style(ink())
            .axis_style(INK)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .draw()
            .map_err(io::Error::other)?;
        for (index, bar) in bars.iter().enumerate() {
            let bottom = (bars.len() - index - 1) as f64;
            let mut from = 0;
            for (&part, color) in bar.parts.iter().zip(colors) {
                let corners = [(from as f64, bottom + 0.2), ((from + part) as f64, bottom + 0.8)];
                if part > 0 {
                    chart.draw_series([Rectangle::new(corners, color.filled())]).map_err(io::Error::other)?;
                }
                from += part;
            }
            label(&area, chart.backend_coord(&(0.0, bottom + 0.5)), &bar.label)?;
        }
        area.present().map_err(io::Error::other)?;
    }
    Ok(svg)
}

/// A row of a chart over time. Days count from 1970-01-01.
pub struct Span {
    /// What it stands for.
    pub label: String,
    /// First and last day of its bar, and its colour.
    pub bar: Option<(i64, i64, RGBColor)>,
    /// The day of the circle.
    pub circle: Option<i64>,
    /// The day of the cross.
    pub cross: Option<i64>,
    /// The day of the line across the bar.
    pub line: Option<i64>,
}

impl Span {
    fn days(&self) -> impl Iterator<Item = i64> {
        let ends = self.bar.map(|(from, to, _)| [from, to]);
        ends.into_iter().flatten().chain(self.circle).chain(self.cross).chain(self.line)
    }
}

/// Bars over time, the first one on top, with a circle, a cross and a line on some.
///
/// # Errors
///
/// As [`bars`].
pub fn timeline(spans: &[Span]) -> io::Result<String> {
    let days = || spans.iter().flat_map(Span::days);
    let (first, last) = (days().min().unwrap_or(0), days().max().unwrap_or(0));
    let margin = (last - first) / 50 + 1;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height(spans.len()))).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(10)
            .margin_right(40)
            .set_label_area_size(LabelAreaPosition::Left, LABELS)
            .set_label_area_size(LabelAreaPosition::Bottom, ROW)
            .build_cartesian_2d(first - margin..last + margin, 0.0..spans.len() as f64)
            .map_err(io::Error::other)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(6)
            .x_label_formatter(&|day| date(*day))
            .label_style(ink())
            .axis_style(INK)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .draw()
            .map_err(io::Error::other)?;
        for (index, span) in spans.iter().enumerate() {
            let middle = (spans.len() - index) as f64 - 0.5;
            if let Some((from, to, color)) = span.bar {
                // To the end of the last day.
                let corners = [(from, middle - 0.2), (to + 1, middle + 0.2)];
                chart.draw_series([Rectangle::new(corners, color.filled())]).map_err(io::Error::other)?;
            }
            if let Some(day) = span.line {
                let ends = vec![(day, middle - 0.35), (day, middle + 0.35)];
                chart.draw_series([PathElement::new(ends, INK.stroke_width(3))]).map_err(io::Error::other)?;
            }
            if let Some(day) = span.circle {
                chart
                    .draw_series([Circle::new((day, middle), 6, SEVERITY_COLORS[3].filled())])
                    .map_err(io::Error::other)?;
            }
            if let Some(day) = span.cross {
                let style = INK.stroke_width(2);
                chart.draw_series([Cross::new((day, middle), 5, style)]).map_err(io::Error::other)?;
            }
            label(&area, chart.backend_coord(&(first - margin, middle)), &span.label)?;
        }
        area.present().map_err(io::Error::other)?;
    }
    Ok(svg)
}

/// The date of a day that is counted from 1970-01-01.
fn date(day: i64) -> String {
    let start = jiff::civil::Date::constant(1970, 1, 1);
    let date = jiff::Span::new().try_days(day).and_then(|days| start.checked_add(days));
    date.map(|date| date.to_string()).unwrap_or_default()
}

fn height(rows: usize) -> u32 {
    // Charts have some dozens of rows at most.
    20 + ROW + ROW * u32::try_from(rows).unwrap_or(1)
}

/// The library makes of this size letters of 13 pixels.
fn ink() -> TextStyle<'static> {
    ("sans-serif", 16).into_font().color(&INK)
}

/// Writes a row's name to the left of its start.
fn label(area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>, (x, y): (i32, i32), text: &str) -> io::Result<()> {
    let text = match text.char_indices().nth(LABEL_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    };
    // The library escapes markup; what cannot be seen is for this format to show.
    let text = crate::report::visible::line(&text).into_owned();
    let style = ink().pos(Pos::new(HPos::Right, VPos::Center));
    area.draw(&Text::new(text, (x - 10, y), style)).map_err(io::Error::other)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn chart(label: &str, parts: &[u64]) -> String {
        bars(&[Bar { label: label.to_owned(), parts: parts.to_vec() }], &SEVERITY_COLORS).unwrap()
    }

    #[test]
    fn labels_are_text() {
        let svg = chart("</svg><script>\u{202e}\"", &[1]);
        assert!(svg.contains("&lt;/svg&gt;&lt;script&gt;\\u{202e}&quot;"), "{svg}");
        assert_eq!(svg.matches("<script").count(), 0);
        assert!(chart(&"é".repeat(500), &[1]).contains(&format!("{}…", "é".repeat(LABEL_CHARS))));
    }

    #[test]
    fn parts_are_as_long_as_their_numbers() {
        let svg = chart("Alpha", &[30, 10, 0, 0, 0]);
        let width = |color: &str| -> u32 {
            let bar = svg.lines().find(|line| line.contains(&format!("fill=\"{color}\""))).unwrap();
            bar.split_once("width=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()
        };
        assert!(width("#9D1C1C").abs_diff(3 * width("#C2410C")) <= 3, "{svg}");
        assert!(!svg.contains("#8A5A00"), "{svg}");
        assert!(!svg.contains("style="), "the policy of a page blocks styles in attributes");
    }

    #[test]
    fn days_are_dates_and_any_of_them_can_be_drawn() {
        assert_eq!((date(0), date(20_000), date(-1)), ("1970-01-01".into(), "2024-10-04".into(), "1969-12-31".into()));
        assert_eq!(date(i64::MAX), "");
        let span = |days: [i64; 4]| Span {
            label: "<a>".to_owned(),
            bar: Some((days[0], days[1], GOOD)),
            circle: Some(days[2]),
            cross: Some(days[3]),
            line: Some(days[1]),
        };
        // The years -9999 and 9999 are the ends of what a date can be.
        for days in [[0; 4], [20_000; 4], [19_000, 20_500, 18_000, 20_500], [-4_371_587, 2_932_896, 0, 0]] {
            let svg = timeline(&[span(days), span(days)]).unwrap();
            assert_eq!((svg.matches("<circle").count(), svg.matches("fill=\"#1F6F3A\"").count()), (2, 2), "{svg}");
            assert!(svg.contains("&lt;a&gt;"));
        }
        assert!(timeline(&[]).unwrap().ends_with("</svg>\n"));
    }

    #[test]
    fn any_number_can_be_drawn() {
        for parts in [vec![], vec![0], vec![1], vec![u64::from(u32::MAX); 5]] {
            assert!(chart("x", &parts).ends_with("</svg>\n"));
        }
        assert!(bars(&[], &SEVERITY_COLORS).unwrap().ends_with("</svg>\n"));
    }
}
