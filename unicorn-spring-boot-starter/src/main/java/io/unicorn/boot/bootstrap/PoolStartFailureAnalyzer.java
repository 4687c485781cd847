package io.unicorn.boot.bootstrap;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a {@link PoolStartException}. Runs first, because Spring Boot may have an
 * analyzer for the cause of the exception, whose advice does not concern the pool.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class PoolStartFailureAnalyzer extends AbstractFailureAnalyzer<PoolStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PoolStartException cause) {
		return new FailureAnalysis("The worker pool cannot be started. " + cause.getMessage() + ".", cause.getAdvice()
				+ " To run the application in one process, without a pool, set unicorn.enabled=false.", cause);
	}

}
