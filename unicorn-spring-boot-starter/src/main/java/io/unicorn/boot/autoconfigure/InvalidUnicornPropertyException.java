package io.unicorn.boot.autoconfigure;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * A property has a value that makes no sense, or does not exist.
 */
public class InvalidUnicornPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String value;

	private final transient @Nullable Origin origin;

	private final String allowed;

	private final String action;

	InvalidUnicornPropertyException(String property, String value, @Nullable Origin origin, String allowed,
			@Nullable Throwable cause) {
		this(property, value, origin, allowed, "Set " + property + " to " + allowed + ".",
				"Property " + property + " with value '" + value + "' is invalid: it must be " + allowed, cause);
	}

	private InvalidUnicornPropertyException(String property, String value, @Nullable Origin origin, String allowed,
			String action, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.property = property;
		this.value = value;
		this.origin = origin;
		this.allowed = allowed;
		this.action = action;
	}

	/**
	 * Create an exception for a property that does not exist.
	 * @param known names of those that do
	 */
	static InvalidUnicornPropertyException unknown(String property, String value, @Nullable Origin origin,
			Collection<String> known, Throwable cause) {
		return new InvalidUnicornPropertyException(property, value, origin, String.join(", ", known),
				"There is no property " + property + ". Correct its name, or remove it.",
				"Property " + property + " does not exist", cause);
	}

	String getProperty() {
		return this.property;
	}

	String getValue() {
		return this.value;
	}

	@Nullable Origin getOrigin() {
		return this.origin;
	}

	String getAllowed() {
		return this.allowed;
	}

	String getAction() {
		return this.action;
	}

}
