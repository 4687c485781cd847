package io.unicorn.launch.plan;

import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads an environment entry with JVM flags, such as {@code JAVA_TOOL_OPTIONS}, as the
 * JVM does: white space separates flags, and quotes, of either kind and anywhere in a
 * flag, protect it. Immutable.
 *
 * @param name the name of the variable with {@code =}
 * @param text its value, in byte form
 */
public record JvmVariable(String name, String text) {

	private static final Pattern FLAG = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");

	private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

	/**
	 * Split an entry of the environment.
	 */
	public static JvmVariable of(String entry) {
		int value = entry.indexOf('=') + 1;
		return new JvmVariable(entry.substring(0, value), entry.substring(value));
	}

	/**
	 * Return the flags, without quotes.
	 */
	public List<String> flags() {
		return FLAG.matcher(this.text).results().map((match) -> unquoted(match.group())).toList();
	}

	/**
	 * Return the environment entry with other flags in place of these.
	 * @param change returns what takes the place of a flag, {@code null} for nothing
	 */
	String with(Function<String, @Nullable String> change) {
		return this.name
				+ FLAG.matcher(this.text).replaceAll((match) -> Matcher.quoteReplacement(changed(match, change)));
	}

	private static String changed(MatchResult match, Function<String, @Nullable String> change) {
		String flag = unquoted(match.group());
		String changed = change.apply(flag);
		return (changed == null) ? "" : changed.equals(flag) ? match.group() : quoted(changed);
	}

	private static String unquoted(String text) {
		return QUOTED.matcher(text)
			.replaceAll(
					(match) -> Matcher.quoteReplacement((match.group(1) != null) ? match.group(1) : match.group(2)));
	}

	/** Quote what needs it: a double quote is quoted by single ones. */
	private static String quoted(String flag) {
		if (!flag.contains("\"")) {
			return flag.matches("[^\\s']*") ? flag : "\"" + flag + "\"";
		}
		return "'" + flag.replace("'", "'\"'\"'") + "'";
	}

}
