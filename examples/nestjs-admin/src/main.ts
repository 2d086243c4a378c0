// An admin tool as NestJS tutorials write them: NestJS, TypeORM and pg. Its button signs a user
// out everywhere, and has the revoked tokens deleted: both or neither. Put your own guard
// before these routes. The role needs what `siltgate grants --trigger` prints.
//
//   npm ci && npm run build
//   DATABASE_URL=postgres://... PORT=3000 node dist/main.js
import 'reflect-metadata';
import { Body, Controller, Get, Injectable, Module, Param, ParseIntPipe, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';

// The table's name is refresh_token. TypeORM writes expiresAt in the zone of this process, so
// Siltgate is told the same zone: SILTGATE_TABLES_0_TIMESTAMP_ZONE.
@Entity()
class RefreshToken {
  @PrimaryGeneratedColumn() id: number;
  @Column() userId: number;
  @Column() tokenHash: string;
  @Column() expiresAt: Date;
  @Column({ default: false }) isRevoked: boolean;
}

@Injectable()
class SessionsService {
  constructor(@InjectDataSource() private readonly db: DataSource) {}

  signOutEverywhere(userId: number, admin: string, reason: string) {
    return this.db.transaction(async (tx) => {
      const { affected } = await tx.update(RefreshToken, { userId, isRevoked: false }, { isRevoked: true });
      // The run begins after the commit and sees what was revoked.
      const [{ run }] = await tx.query(
        `SELECT siltgate.enqueue_token_cleanup(tables => $1, requested_by => $2, reason => $3) AS run`,
        [['refresh_token'], admin, reason],
      );
      return { revoked: affected, run };
    });
  }

  runs() {
    return this.db.query(`
      SELECT id, state, outcome, requested_by, reason, deleted, error
      FROM siltgate.runs
      ORDER BY id DESC
      LIMIT 20`);
  }
}

@Controller()
class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  page() {
    return `<form method="post" action="/users/7/sign-out">
      <input name="admin" value="alice"> <input name="reason" value="lost laptop">
      <button>Sign user 7 out everywhere</button>
    </form> <a href="/runs">Runs</a>`;
  }

  @Post('users/:id/sign-out')
  signOut(@Param('id', ParseIntPipe) id: number, @Body() body: { admin: string; reason: string }) {
    return this.sessions.signOutEverywhere(id, body.admin, body.reason);
  }

  @Get('runs')
  runs() {
    return this.sessions.runs();
  }
}

@Module({
  imports: [TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, entities: [RefreshToken] })],
  controllers: [SessionsController],
  providers: [SessionsService],
})
class AppModule {}

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
  console.log(`listening on ${await app.getUrl()}`);
}
void bootstrap();
