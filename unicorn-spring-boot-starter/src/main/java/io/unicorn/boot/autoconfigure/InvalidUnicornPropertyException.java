package io.unicorn.boot.autoconfigure;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * Thrown if a property of the pool has a value that is not allowed, or does not exist.
 */
public class InvalidUnicornPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String value;

	private final transient @Nullable Origin origin;

	private final String allowed;

	private final boolean unknown;

	/**
	 * Create an exception for a value that is not allowed.
	 * @param allowed the values that are, as a phrase
	 */
	InvalidUnicornPropertyException(String property, String value, @Nullable Origin origin, String allowed,
			@Nullable Throwable cause) {
		super("Property " + property + " with value '" + value + "' is invalid: it must be " + allowed, cause);
		this.property = property;
		this.value = value;
		this.origin = origin;
		this.allowed = allowed;
		this.unknown = false;
	}

	private InvalidUnicornPropertyException(String property, String value, @Nullable Origin origin,
			Collection<String> known, Throwable cause) {
		super("Property " + property + " does not exist", cause);
		this.property = property;
		this.value = value;
		this.origin = origin;
		this.allowed = String.join(", ", known);
		this.unknown = true;
	}

	/**
	 * Create an exception for a property that does not exist.
	 * @param known names of the properties that exist
	 */
	static InvalidUnicornPropertyException unknown(String property, String value, @Nullable Origin origin,
			Collection<String> known, Throwable cause) {
		return new InvalidUnicornPropertyException(property, value, origin, known, cause);
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

	/**
	 * Return the allowed values, or the names of all properties if this one is unknown.
	 */
	String getAllowed() {
		return this.allowed;
	}

	boolean isUnknown() {
		return this.unknown;
	}

}
