package io.unicorn.launch.settings;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Holds the commands that the master runs, from {@code unicorn.hooks.*}. Immutable.
 *
 * @param commands the command of each hook that has one, for a shell
 * @param timeout how long a command may run until it is killed, longer than zero
 */
public record HookSettings(Map<Hook, String> commands, Duration timeout) {

	/** How long a command may run if nothing else is configured. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	/** No command for any hook. */
	public static final HookSettings NONE = new HookSettings(Map.of(), DEFAULT_TIMEOUT);

	private static final String TIMEOUT = "timeout";

	public HookSettings {
		Map<Hook, String> copy = new EnumMap<>(Hook.class);
		copy.putAll(commands);
		commands = Collections.unmodifiableMap(copy);
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("hooks.timeout must be longer than 0, not " + timeout);
		}
	}

	/** Return the command of a hook, or {@code null} if it has none. */
	public @Nullable String command(Hook hook) {
		return this.commands.get(hook);
	}

	/** Return these settings by name. */
	public Map<String, String> toMap() {
		Map<String, String> map = new LinkedHashMap<>();
		map.put(TIMEOUT, this.timeout.toString());
		this.commands.forEach((hook, command) -> map.put(hook.configName(), command));
		return map;
	}

	/**
	 * Return the settings of a map as {@link #toMap} returns it.
	 * @throws IllegalArgumentException if it has no timeout, or one that is not allowed
	 */
	public static HookSettings of(Map<String, String> map) {
		Map<Hook, String> commands = new EnumMap<>(Hook.class);
		for (Hook hook : Hook.values()) {
			String command = map.get(hook.configName());
			if (command != null) {
				commands.put(hook, command);
			}
		}
		try {
			return new HookSettings(commands, Duration.parse(map.getOrDefault(TIMEOUT, "")));
		}
		catch (DateTimeParseException ex) {
			throw new IllegalArgumentException("no duration: " + ex.getParsedString(), ex);
		}
	}

}
