package io.unicorn.boot.netty;

import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/**
 * Gives Spring Boot's server its event loops. Spring Boot asks for them when it starts
 * the server, after all customizers, so a customizer cannot set them.
 */
final class PoolResources extends ReactorResourceFactory {

	private final PoolLoops loops;

	PoolResources(PoolLoops loops) {
		this.loops = loops;
	}

	@Override
	public LoopResources getLoopResources() {
		return this.loops;
	}

}
