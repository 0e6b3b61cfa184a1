//! Bar charts as SVG, written by hand: no style sheet and no background, in colours that are readable on light and dark.

use std::fmt::Write;

use crate::contenders::Kind;

const WIDTH: f64 = 760.0;
/// Where bars begin: labels stand left of it.
const LEFT: f64 = 200.0;
/// Where the longest bar ends: its figure stands right of it.
const RIGHT: f64 = 690.0;
const TOP: f64 = 74.0;
const BAR: f64 = 13.0;
/// Between the bars of one contender, and between contenders.
const GAP: f64 = 2.0;
const SPACE: f64 = 9.0;

/// 4.5 to 1 against white and against GitHub's dark, as near as one colour gets to both.
const TEXT: &str = "#768390";
const GRID: &str = "#8b949e";
const LINE: &str = "#e5534b";

/// A bar chart: a group of bars for each contender, one bar for each series.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    /// What the axis shows, with its unit, and which end is the better one.
    pub(crate) axis: &'static str,
    /// The names of the bars in each group, and none where there is one only.
    pub(crate) series: &'static [&'static str],
    /// A value that the others are compared with.
    pub(crate) line: Option<(f64, &'static str)>,
    pub(crate) groups: Vec<Group>,
}

/// The bars of one contender.
pub(crate) struct Group {
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) values: Vec<f64>,
}

impl Chart {
    pub(crate) fn svg(&self) -> String {
        let height = self.groups.iter().map(Group::height).sum::<f64>();
        let bottom = TOP + height;
        let (step, most) = self.scale();
        let x = |value: f64| LEFT + (RIGHT - LEFT) * value / most;
        let mut svg = String::new();
        let mut put = |piece: String| svg.push_str(&(piece + "\n"));
        put(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {0}\" width=\"{WIDTH}\" height=\"{0}\" \
             role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"{TEXT}\">",
            bottom + 48.0
        ));
        put(format!("<title>{}</title>", self.title));
        put(format!(
            "<text x=\"8\" y=\"22\" font-size=\"16\" font-weight=\"600\">{}</text>",
            self.title
        ));
        put(self.legend());
        // Ticks, and the grid behind the bars.
        let mut tick = 0.0;
        while tick <= most * 1.0001 {
            let at = x(tick);
            put(format!(
                "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\" stroke=\"{GRID}\" \
                 stroke-opacity=\"0.3\"/>",
                TOP - 4.0
            ));
            put(format!(
                "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                bottom + 16.0,
                short(tick)
            ));
            tick += step;
        }
        put(format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            f64::midpoint(LEFT, RIGHT),
            bottom + 36.0,
            self.axis
        ));
        let mut y = TOP;
        for group in &self.groups {
            put(self.bars(group, y, &x));
            y += group.height();
        }
        if let Some((value, label)) = self.line {
            let at = x(value);
            put(format!(
                "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\" stroke=\"{LINE}\" \
                 stroke-width=\"1.5\" stroke-dasharray=\"5 3\"/>",
                TOP - 6.0
            ));
            put(format!(
                "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{LINE}\">{label}</text>",
                TOP - 10.0
            ));
        }
        svg + "</svg>\n"
    }

    fn bars(&self, group: &Group, mut y: f64, x: &impl Fn(f64) -> f64) -> String {
        let mut bars = String::new();
        let middle = y + (group.height() - SPACE) / 2.0;
        let weight = if group.kind == Kind::Ours { 600 } else { 400 };
        // Writing into a string cannot fail.
        let _ = writeln!(
            bars,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" font-weight=\"{weight}\">{}</text>",
            LEFT - 8.0,
            middle + 4.0,
            group.label
        );
        for (series, &value) in group.values.iter().enumerate() {
            let end = x(value);
            let opacity = if series + 1 == self.series.len().max(1) {
                1.0
            } else {
                0.55
            };
            let _ = writeln!(
                bars,
                "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\" rx=\"2\" fill=\"{}\" \
                 fill-opacity=\"{opacity}\"/>",
                (end - LEFT).max(1.0),
                colour(group.kind)
            );
            let _ = writeln!(
                bars,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11\">{}</text>",
                end + 5.0,
                y + BAR - 3.0,
                short(value)
            );
            y += BAR + GAP;
        }
        bars
    }

    /// Whose colour is which, and which shade is which series.
    fn legend(&self) -> String {
        let mut pieces = Vec::new();
        for (kind, name) in [
            (Kind::Ours, "sessions-runtime"),
            (Kind::Theirs, "others"),
            (Kind::Bare, "without sessions"),
        ] {
            if self.groups.iter().any(|group| colour(group.kind) == colour(kind)) {
                pieces.push((colour(kind), 1.0, name));
            }
        }
        for (index, name) in self.series.iter().enumerate() {
            pieces.push((
                GRID,
                if index + 1 == self.series.len() { 1.0 } else { 0.55 },
                name,
            ));
        }
        let mut legend = String::new();
        let mut x = 8.0;
        for (colour, opacity, name) in pieces {
            let _ = write!(
                legend,
                "<rect x=\"{x:.0}\" y=\"33\" width=\"11\" height=\"11\" rx=\"2\" fill=\"{colour}\" \
                 fill-opacity=\"{opacity}\"/><text x=\"{:.0}\" y=\"43\">{name}</text>",
                x + 16.0
            );
            #[expect(clippy::cast_precision_loss, reason = "a short name")]
            let length = name.chars().count() as f64;
            x += 34.0 + 6.6 * length;
        }
        legend
    }

    /// The distance between ticks, and the last tick.
    fn scale(&self) -> (f64, f64) {
        let values = self.groups.iter().flat_map(|group| &group.values).copied();
        let most = values
            .chain(self.line.map(|(value, _)| value))
            .fold(f64::MIN_POSITIVE, f64::max);
        let magnitude = 10_f64.powf((most / 6.0).log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * magnitude);
        let step = steps
            .into_iter()
            .find(|step| most / step <= 6.0)
            .unwrap_or(10.0 * magnitude);
        (step, (most / step).ceil() * step)
    }
}

impl Group {
    fn height(&self) -> f64 {
        self.values.iter().map(|_| BAR + GAP).sum::<f64>() + SPACE
    }
}

fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "#388bfd",
        Kind::Theirs => "#d18616",
        Kind::Bare | Kind::Floor => "#8b949e",
    }
}

/// As few digits as say it.
pub(crate) fn short(value: f64) -> String {
    let text = match value {
        value if value >= 9_950.0 => format!("{:.0}k", value / 1000.0),
        value if value >= 1000.0 => format!("{:.1}k", value / 1000.0),
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    };
    if text.contains('.') && !text.ends_with('k') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.replace(".0k", "k")
    }
}
