package io.unicorn.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains an {@link InvalidUnicornPropertyException}. Runs first, because Spring Boot
 * has an analyzer for the cause of the exception, which cannot name the allowed values.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class InvalidUnicornPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidUnicornPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidUnicornPropertyException cause) {
		StringBuilder description = new StringBuilder(
				cause.isUnknown() ? "A property of the worker pool does not exist:\n\n"
						: "A property of the worker pool has a value that is not allowed:\n\n");
		description.append("    Property: ").append(cause.getProperty()).append('\n');
		description.append("    Value: \"").append(cause.getValue()).append("\"\n");
		if (cause.getOrigin() != null) {
			description.append("    Origin: ").append(cause.getOrigin()).append('\n');
		}
		description.append(cause.isUnknown() ? "    Existing properties: " : "    Allowed: ")
			.append(cause.getAllowed());
		return new FailureAnalysis(description.toString(), action(cause), cause);
	}

	private static String action(InvalidUnicornPropertyException cause) {
		return cause.isUnknown()
				? "There is no property " + cause.getProperty() + ". Correct its name, or remove the property."
				: "Set " + cause.getProperty() + " to " + cause.getAllowed() + ".";
	}

}
