package io.unicorn.boot.bootstrap;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link MasterNotStartedException}.
 */
class MasterNotStartedFailureAnalyzer extends AbstractFailureAnalyzer<MasterNotStartedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MasterNotStartedException cause) {
		return new FailureAnalysis("The worker pool cannot be started. " + cause.getMessage() + ".",
				cause.getAdvice() + " With unicorn.enabled=false the application runs in one process.", cause);
	}

}
