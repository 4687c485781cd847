package io.unicorn.boot.server;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

class NotSharedFailureAnalyzer extends AbstractFailureAnalyzer<NotSharedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NotSharedException cause) {
		return new FailureAnalysis("The workers of a pool cannot share this application: " + cause.getMessage() + ".",
				StringUtils.capitalize(cause.getRemedy())
						+ ". To run the application in one process, set unicorn.enabled=false.",
				cause);
	}

}
