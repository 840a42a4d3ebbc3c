use std::fmt;

/// What a request costs, by the number of origins.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    /// Numbers of origins, and instructions.
    pub(crate) points: Vec<(usize, i64)>,
}

/// An SVG with logarithmic axes, to be read on a light and on a dark page.
pub(crate) struct Plot<'a>(pub(crate) &'a [&'a Series]);

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 370.0;
/// Powers of ten at the ends of the axes.
const ORIGINS: (i32, i32) = (0, 5);
const INSTRUCTIONS: (i32, i32) = (2, 8);
/// Of the peers. Ours have one colour, as they lie on each other.
const COLOURS: [&str; 6] = ["#e07b00", "#c2185b", "#7b61ff", "#00897b", "#607d8b", "#8d6e63"];
const OURS: &str = "#1e88e5";
const LABEL_HEIGHT: f64 = 15.0;

fn x(origins: f64) -> f64 {
    scale(origins, ORIGINS, LEFT, RIGHT)
}

fn y(instructions: f64) -> f64 {
    scale(instructions, INSTRUCTIONS, BOTTOM, TOP)
}

fn scale(value: f64, (first, last): (i32, i32), start: f64, end: f64) -> f64 {
    let part = (value.max(1.0).log10() - f64::from(first)) / f64::from(last - first);
    part.clamp(0.0, 1.0).mul_add(end - start, start)
}

#[expect(clippy::cast_precision_loss, reason = "a plot is not that precise")]
fn position(&(origins, instructions): &(usize, i64)) -> (f64, f64) {
    (x(origins as f64), y(instructions as f64))
}

impl fmt::Display for Plot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img">
<title>Instructions that a GET from the last of a policy's origins adds, by the number of origins</title>
<style>
text {{ fill: #333 }} .grid {{ stroke: #8886 }} rect {{ fill: #fff }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} rect {{ fill: #16181d }} }}
</style>
<rect width="100%" height="100%" rx="6"/>
<text x="{LEFT}" y="22">instructions added to a GET from the last of a policy's origins</text>"#
        )?;
        grid(f)?;
        let mut labels = Vec::new();
        let mut colours = COLOURS.iter().cycle();
        for series in self.0 {
            let colour = if series.is_ours { OURS } else { colours.next().unwrap_or(&OURS) };
            let points: Vec<_> = series.points.iter().map(position).collect();
            line(f, &points, colour)?;
            if let Some((_, end)) = points.last() {
                labels.push((*end, series.name.as_str(), colour));
            }
        }
        write_labels(f, labels)?;
        writeln!(f, "</svg>")
    }
}

fn grid(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for power in ORIGINS.0..=ORIGINS.1 {
        let x = x(10_f64.powi(power));
        writeln!(f, r#"<path class="grid" d="M{x:.1} {TOP}V{BOTTOM}"/>"#)?;
        let y = BOTTOM + 18.0;
        let count = 10_u32.pow(power.unsigned_abs());
        writeln!(f, r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{count}</text>"#)?;
    }
    for power in INSTRUCTIONS.0..=INSTRUCTIONS.1 {
        let y = y(10_f64.powi(power));
        writeln!(f, r#"<path class="grid" d="M{LEFT} {y:.1}H{RIGHT}"/>"#)?;
        let (x, y) = (LEFT - 8.0, y + 4.0);
        let exponent = r#"<tspan dy="-5" font-size="9">"#;
        writeln!(
            f,
            r#"<text x="{x}" y="{y:.1}" text-anchor="end">10{exponent}{power}</tspan></text>"#
        )?;
    }
    let (x, y) = (f64::midpoint(LEFT, RIGHT), BOTTOM + 38.0);
    writeln!(f, r#"<text x="{x}" y="{y}" text-anchor="middle">origins in the policy</text>"#)
}

fn line(f: &mut fmt::Formatter<'_>, points: &[(f64, f64)], colour: &str) -> fmt::Result {
    let joined: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let joined = joined.join(" ");
    writeln!(f, r#"<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>"#)
}

/// Names each line at its end. Names that would lie on each other are moved down.
fn write_labels(f: &mut fmt::Formatter<'_>, mut labels: Vec<(f64, &str, &str)>) -> fmt::Result {
    labels.sort_by(|one, other| one.0.total_cmp(&other.0));
    let last = BOTTOM - LABEL_HEIGHT * f64::from(u32::try_from(labels.len()).unwrap_or(0));
    let mut free = TOP;
    for (at, (end, name, colour)) in (0_u32..).zip(labels) {
        let lowest = LABEL_HEIGHT.mul_add(f64::from(at + 1), last);
        let y = end.max(free).min(lowest);
        free = y + LABEL_HEIGHT;
        let (x, text_x, text_y) = (RIGHT, RIGHT + 22.0, y + 4.0);
        writeln!(
            f,
            r#"<path d="M{x} {end:.1}L{:.1} {y:.1}H{:.1}" fill="none" stroke="{colour}"/><text x="{text_x}" y="{text_y:.1}">{name}</text>"#,
            x + 10.0,
            x + 18.0
        )?;
    }
    Ok(())
}
