package io.unicorn.boot.bootstrap.addresses;

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
				"Set " + cause.getPortProperty() + " to a port that this process may open, and "
						+ cause.getAddressProperty() + " to an address of this machine.",
				cause);
	}

}
