package io.unicorn.boot.server;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

class NotSharedFailureAnalyzer extends AbstractFailureAnalyzer<NotSharedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NotSharedException cause) {
		return new FailureAnalysis("The workers of a pool cannot share this application: " + cause.getMessage() + ".",
				cause.getAdvice() + " To run the application in one process, set unicorn.enabled=false.", cause);
	}

}
