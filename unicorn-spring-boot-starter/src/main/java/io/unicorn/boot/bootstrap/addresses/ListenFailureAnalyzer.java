package io.unicorn.boot.bootstrap.addresses;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link WebAddresses.ListenFailedException}.
 */
class ListenFailureAnalyzer extends AbstractFailureAnalyzer<WebAddresses.ListenFailedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WebAddresses.ListenFailedException cause) {
		return new FailureAnalysis(cause.getDescription(), cause.getAdvice(), cause);
	}

}
