package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;

/**
 * Tests a pool on the oldest version of Spring Boot that the starter supports.
 */
@Alone
@Nightly
@OneJdk
class OldestBootContractIT extends ServerContract {

	OldestBootContractIT() {
		super(AppJar.oldestBoot());
	}

}
