package io.unicorn.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains an {@link InvalidUnicornPropertyException}. Asked first, because Spring Boot's
 * own analyzers would explain the cause within, and that does not know what is allowed.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class InvalidUnicornPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidUnicornPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidUnicornPropertyException cause) {
		StringBuilder description = new StringBuilder("A property of the worker pool is not allowed:\n\n");
		description.append("    Property: ").append(cause.getProperty()).append('\n');
		description.append("    Value: \"").append(cause.getValue()).append("\"\n");
		if (cause.getOrigin() != null) {
			description.append("    Origin: ").append(cause.getOrigin()).append('\n');
		}
		description.append("    Allowed: ").append(cause.getAllowed());
		return new FailureAnalysis(description.toString(), cause.getAction(), cause);
	}

}
