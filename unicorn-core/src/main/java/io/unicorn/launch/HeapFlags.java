package io.unicorn.launch;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The maximum heap that the user's own JVM flags ask for.
 */
final class HeapFlags {

	private static final Pattern SIZE = Pattern.compile("-(?:Xmx|XX:MaxHeapSize=)(\\d+)([kKmMgGtT]?)");

	private static final Pattern PERCENTAGE = Pattern.compile("-XX:MaxRAM(?:Percentage|Fraction)=(\\d+(?:\\.\\d+)?)");

	private HeapFlags() {
	}

	/**
	 * Return the heap in bytes, or nothing if the flags leave it to the JVM. A size wins
	 * over a percentage and the last one of a kind counts, as in HotSpot.
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
