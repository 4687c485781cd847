package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;

/**
 * Tests a pool of a reactive application on Reactor Netty.
 */
@Alone
class NettyContractIT extends ServerContract {

	NettyContractIT() {
		super(AppJar.reactive());
	}

}
