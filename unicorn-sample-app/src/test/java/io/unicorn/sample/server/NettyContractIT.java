package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.OneJdk;

/**
 * Tests a pool of a reactive application on Reactor Netty.
 */
@Alone
@OneJdk
class NettyContractIT extends ServerContract {

	NettyContractIT() {
		super(AppJar.reactive());
	}

}
