package io.unicorn.boot.bootstrap;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link WebAddresses.ListenFailedException}.
 */
class ListenFailureAnalyzer extends AbstractFailureAnalyzer<WebAddresses.ListenFailedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WebAddresses.ListenFailedException cause) {
		return new FailureAnalysis(
				"The web server cannot listen on " + cause.getAddress() + ": " + cause.getReason() + ".",
				"Set " + cause.getProperty() + " (and the address beside it) to one that this process may use.", cause);
	}

}
