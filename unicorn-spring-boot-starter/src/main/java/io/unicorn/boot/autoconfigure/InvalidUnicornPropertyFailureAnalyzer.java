package io.unicorn.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains an {@link InvalidUnicornPropertyException}.
 */
class InvalidUnicornPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidUnicornPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidUnicornPropertyException cause) {
		StringBuilder description = new StringBuilder("The value of a property of the worker pool is not allowed:\n\n");
		description.append("    Property: ").append(cause.getProperty()).append('\n');
		description.append("    Value: \"").append(cause.getValue()).append("\"\n");
		if (cause.getOrigin() != null) {
			description.append("    Origin: ").append(cause.getOrigin()).append('\n');
		}
		description.append("    Allowed: ").append(cause.getAllowed()).append('\n');
		return new FailureAnalysis(description.toString(),
				"Set " + cause.getProperty() + " to " + cause.getAllowed() + ".", cause);
	}

}
