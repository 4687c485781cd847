package io.unicorn.sample.bench.report;

import java.util.List;
import java.util.Locale;

import io.unicorn.sample.bench.Bench;

/**
 * Draws a quantity as an SVG: a bar for each series up to its median, a line from its
 * least to its greatest value.
 */
final class BarChart {

	private static final int WIDTH = 720;

	private static final int LEFT = 250;

	private static final int RIGHT = 110;

	private static final int TOP = 44;

	private static final int ROW = 26;

	private static final int BAR = 16;

	private static final String PLAIN_COLOUR = "#9aa0a6";

	private static final String OTHER_COLOUR = "#3b6fb6";

	private BarChart() {
	}

	/**
	 * Draw a chart.
	 * @param all what is shown, of one quantity; not empty
	 */
	static String of(List<Series> all) {
		int height = TOP + ROW * all.size() + 12;
		double greatest = all.stream().mapToDouble((series) -> series.spread().max()).max().orElse(1);
		double scale = (WIDTH - LEFT - RIGHT) / ((greatest > 0) ? greatest : 1);
		Series first = all.get(0);
		StringBuilder svg = new StringBuilder(format("""
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" \
				font-family="sans-serif" font-size="12">
				<rect width="100%%" height="100%%" fill="white"/>
				<text x="12" y="24" font-size="15" fill="#202124">%s: %s, %s</text>
				""", WIDTH, height, WIDTH, height, escaped(first.workload()), escaped(first.quantity()),
				escaped(first.unit())));
		for (int i = 0; i < all.size(); i++) {
			svg.append(bar(all.get(i), TOP + ROW * i, scale));
		}
		return svg.append("</svg>\n").toString();
	}

	private static String bar(Series series, int y, double scale) {
		Spread spread = series.spread();
		int middle = y + BAR / 2;
		String label = series.jdk().isEmpty() ? series.subject() : series.subject() + ", JDK " + series.jdk();
		String colour = series.subject().startsWith(Bench.PLAIN) ? PLAIN_COLOUR : OTHER_COLOUR;
		return format("""
				<text x="%d" y="%d" text-anchor="end" fill="#202124">%s</text>
				<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>
				<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#202124" stroke-width="1.5"/>
				<text x="%.1f" y="%d" fill="#202124">%s</text>
				""", LEFT - 8, middle + 4, escaped(label), LEFT, y, spread.median() * scale, BAR, colour,
				LEFT + spread.min() * scale, middle, LEFT + spread.max() * scale, middle,
				LEFT + spread.max() * scale + 8, middle + 4, escaped(Figures.text(spread.median())));
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

	private static String format(String format, Object... values) {
		return String.format(Locale.ROOT, format, values);
	}

}
