package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;

/**
 * Tests a pool on Tomcat.
 */
@Alone
class TomcatContractIT extends ServerContract {

	TomcatContractIT() {
		super(AppJar.version("1"));
	}

}
