package io.unicorn.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * A property has a value that makes no sense.
 */
public class InvalidUnicornPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String value;

	private final transient @Nullable Origin origin;

	private final String allowed;

	InvalidUnicornPropertyException(String property, String value, @Nullable Origin origin, String allowed,
			@Nullable Throwable cause) {
		super("Property " + property + " with value '" + value + "' is invalid: it must be " + allowed, cause);
		this.property = property;
		this.value = value;
		this.origin = origin;
		this.allowed = allowed;
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

}
