package io.unicorn.boot.worker;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link ListenerNotAdoptedException}.
 */
class ListenerNotAdoptedFailureAnalyzer extends AbstractFailureAnalyzer<ListenerNotAdoptedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ListenerNotAdoptedException cause) {
		return new FailureAnalysis(
				"""
						The web server of this worker does not use the listener 'http' that the master has opened for all workers:

						    Web server: %s

						It would open the port itself, which the pool has already."""
					.formatted(cause.getServer()),
				"""
						Remove what replaces the factory or the protocol of Tomcat: a bean of a type of WebServerFactory, a \
						WebServerFactoryCustomizer that calls setProtocol, or one that replaces the connector customizers. \
						To run the application in one process, without a pool, set unicorn.enabled=false.""",
				cause);
	}

}
