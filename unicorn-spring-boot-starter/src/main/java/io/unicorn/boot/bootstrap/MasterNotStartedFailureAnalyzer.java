package io.unicorn.boot.bootstrap;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a {@link MasterNotStartedException}. Asked first, because the cause within may
 * be one that Spring Boot explains too, without knowing about the pool.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class MasterNotStartedFailureAnalyzer extends AbstractFailureAnalyzer<MasterNotStartedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MasterNotStartedException cause) {
		return new FailureAnalysis("The worker pool cannot be started. " + cause.getMessage() + ".",
				cause.getAdvice() + " With unicorn.enabled=false the application runs in one process.", cause);
	}

}
