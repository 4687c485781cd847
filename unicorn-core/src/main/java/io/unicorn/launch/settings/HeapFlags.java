package io.unicorn.launch.settings;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the maximum heap size in the user's own JVM flags.
 */
final class HeapFlags {

	private static final Pattern SIZE = Pattern.compile("-(?:Xmx|XX:MaxHeapSize=)(\\d+)([kKmMgGtT]?)");

	private static final Pattern PERCENTAGE = Pattern.compile("-XX:MaxRAM(?:Percentage|Fraction)=(\\d+(?:\\.\\d+)?)");

	private HeapFlags() {
	}

	/**
	 * Return the heap size in bytes, or empty if the flags leave it to the JVM. As in
	 * HotSpot, a size takes precedence over a percentage, and of several flags of a kind
	 * the last one counts.
	 * @param memoryBytes the memory that a percentage is a part of
	 */
	static OptionalLong maxHeapBytes(List<String> jvmFlags, long memoryBytes) {
		OptionalLong size = OptionalLong.empty();
		OptionalLong share = OptionalLong.empty();
		for (String flag : jvmFlags) {
			Matcher matcher = SIZE.matcher(flag);
			if (matcher.matches()) {
				size = OptionalLong.of(Long.parseLong(matcher.group(1)) * unit(matcher.group(2)));
			}
			matcher = PERCENTAGE.matcher(flag);
			if (matcher.matches()) {
				double number = Double.parseDouble(matcher.group(1));
				double fraction = flag.contains("Fraction") ? 1 / number : number / 100;
				share = OptionalLong.of((long) (memoryBytes * fraction));
			}
		}
		return size.isPresent() ? size : share;
	}

	private static long unit(String letter) {
		return switch (letter) {
			case "k", "K" -> 1L << 10;
			case "m", "M" -> 1L << 20;
			case "g", "G" -> 1L << 30;
			case "t", "T" -> 1L << 40;
			default -> 1;
		};
	}

}
